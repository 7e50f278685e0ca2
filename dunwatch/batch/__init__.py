"""Batches: dumps in, scored rows out."""

from dunwatch.batch.job import ScoreJob, run_job
from dunwatch.batch.readers import FORMATS
from dunwatch.batch.scoring import score_batches
from dunwatch.batch.summary import Summary
from dunwatch.batch.writers.encode import OUTPUT_FORMATS

__all__ = ["FORMATS", "OUTPUT_FORMATS", "ScoreJob", "Summary", "run_job", "score_batches"]

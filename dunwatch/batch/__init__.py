"""Batches: dumps in, scored rows out."""

from dunwatch.batch.job import ScoreJob, estimated_rows, run_job
from dunwatch.batch.readers import FORMATS
from dunwatch.batch.scoring import score_batches
from dunwatch.batch.summary import Summary
from dunwatch.batch.writers import OUTPUT_FORMATS

__all__ = ["FORMATS", "OUTPUT_FORMATS", "ScoreJob", "Summary", "estimated_rows", "run_job", "score_batches"]

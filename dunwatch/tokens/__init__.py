"""Tokens: plain messages cut into words, numbers, amounts, links and phone numbers."""

from dunwatch.tokens.cut import TokenBatch, cut_batch
from dunwatch.tokens.segment import Segmenter, jieba_segmenter, kernel_segmenter, rjieba_segmenter

__all__ = ["Segmenter", "TokenBatch", "cut_batch", "jieba_segmenter", "kernel_segmenter", "rjieba_segmenter"]

"""Features: hashed n-grams of characters, words, syllables and lexicon classes."""

from dunwatch.features.extract import VIEWS, FeatureBatch, extract, weighted_sums
from dunwatch.features.lexicon import Lexicon, compile_lexicon
from dunwatch.features.table import WeightTable

__all__ = ["VIEWS", "FeatureBatch", "Lexicon", "WeightTable", "compile_lexicon", "extract", "weighted_sums"]

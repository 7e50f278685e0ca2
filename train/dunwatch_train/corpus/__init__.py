"""The corpus: its schema, what it must hold, and how far its labels can be trusted."""

from dunwatch_train.corpus.message import ABUSE_SCENES, CLEAN_SCENES, DATA, Message, corpus_digest, parse_message, read_corpus

__all__ = ["ABUSE_SCENES", "CLEAN_SCENES", "DATA", "Message", "corpus_digest", "parse_message", "read_corpus"]

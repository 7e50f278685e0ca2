"""The words that give a label away, and how many of its messages do without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

from dunwatch.labels import LABEL_IDS
from dunwatch.text import plain_batch
from dunwatch.tokens import cut_batch
from dunwatch_train.corpus.message import Message

COUNT = 10
_LEAST_RATIO = 4.0
_PRIOR = 0.5


def word_sets(messages: Sequence[Message]) -> list[frozenset[str]]:
    """The words of each message in plain form; numbers and signs are none."""
    plain = plain_batch([message.text for message in messages])
    tokens = cut_batch(plain)
    return [frozenset(word for word in tokens.words(plain, i) if any(map(str.isalpha, word))) for i in range(len(messages))]


def telling_words(messages: Sequence[Message], words: Sequence[frozenset[str]], label: str) -> tuple[str, ...]:
    """The ten words that tell a label best, strongest first.

    By the z-score of the log odds ratio of a word being in a message with the label and in one without (Monroe, Colaresi and
    Quinn 2008), among words whose odds are four times as high with it: common words such as 你 would lead otherwise.
    """
    inside, outside = Counter[str](), Counter[str]()
    for message, found in zip(messages, words, strict=True):
        (inside if label in message.labels else outside).update(found)
    positives = sum(label in message.labels for message in messages)
    scores = {word: _score(inside[word], positives, outside[word], len(messages) - positives) for word in inside}
    telling = (word for word in scores if scores[word] > 0)
    return tuple(sorted(telling, key=lambda word: (-scores[word], word))[:COUNT])


def _score(inside: int, positives: int, outside: int, negatives: int) -> float:
    a, b, c, d = (x + _PRIOR for x in (inside, positives - inside, outside, negatives - outside))
    ratio = log(a * d / (b * c))
    return ratio / sqrt(1 / a + 1 / c) if ratio >= log(_LEAST_RATIO) else 0.0


def shares_without(messages: Sequence[Message]) -> dict[str, tuple[tuple[str, ...], float]]:
    """For each label its telling words, and the share of its messages that hold none of them."""
    words = word_sets(messages)
    shares: dict[str, tuple[tuple[str, ...], float]] = {}
    for label in LABEL_IDS:
        telling = telling_words(messages, words, label)
        positives = [found for message, found in zip(messages, words, strict=True) if label in message.labels]
        without = sum(found.isdisjoint(telling) for found in positives)
        shares[label] = (telling, without / max(len(positives), 1))
    return shares

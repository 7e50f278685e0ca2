"""Views that were tried and are not served, in plain Python: what they are worth is measured by ``make views``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix

from dunwatch.features import VIEWS, Lexicon, extract
from dunwatch.text import plain_batch
from dunwatch.tokens import cut_batch
from dunwatch_train.matrix import Counts

_SPARE_VIEW = np.uint64(VIEWS.index("edges"))
"""All numbers of views are taken: a candidate shares that of a view that weighs 1."""
_SUFFIX = re.compile(r"(?:ing|ed|es|s|ly|er|ers)$")

Words = Sequence[str]
Candidate = Callable[[Words, Words], Iterable[tuple[str, ...]]]
"""From the words and the lexicon classes of a message, in their order, to what it emits."""


def _skip_pairs(items: Words, gaps: Iterable[int]) -> Iterable[tuple[str, ...]]:
    return ((items[i], items[i + gap]) for gap in gaps for i in range(len(items) - gap))


CANDIDATES: Mapping[str, Candidate] = {
    "skip_bigrams": lambda words, _: _skip_pairs(words, (2, 3)),
    "word_trigrams": lambda words, _: zip(words, words[1:], words[2:], strict=False),
    "stems": lambda words, _: ((_SUFFIX.sub("", word),) for word in words if word.isascii() and word.isalpha()),
    "class_skip_pairs": lambda _, classes: _skip_pairs(classes, (2, 3, 4)),
    "class_sets": lambda _, classes: combinations(sorted(set(classes))[:25], 2),
    "words_beside_classes": lambda words, classes: ((a, b) for a in set(classes) for b in words[:40]),
}
"""By name."""


def candidate_counts(name: str, texts: Sequence[str], lexicon: Lexicon, least: int) -> Counts:
    """What a candidate emits, once a message, if it is in ``least`` messages or more."""
    rows, keys = [], []
    for row, (words, classes) in enumerate(_read(texts, lexicon)):
        found = {crc32("\t".join(item).encode("utf-8", "surrogatepass")) for item in CANDIDATES[name](words, classes)}
        rows += [row] * len(found)
        keys += sorted(found)
    unique, columns, counts = np.unique(np.array(keys, dtype=np.uint64), return_inverse=True, return_counts=True)
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), len(unique)))
    return Counts(matrix, (unique << np.uint64(3)) | _SPARE_VIEW).columns(counts >= least)


def _read(texts: Sequence[str], lexicon: Lexicon) -> Iterable[tuple[list[str], list[str]]]:
    """Words and classes of each message."""
    plain = plain_batch(texts)
    tokens = cut_batch(plain)
    features = extract(plain, lexicon, tokens)
    of_class = (features.hashes & np.uint64(7)) == VIEWS.index("classes")
    for m in range(len(texts)):
        places = range(tokens.offsets[m], tokens.offsets[m + 1])
        words = ["".join(map(chr, plain.codes[tokens.starts[t] : tokens.stops[t]])) for t in places]
        found = features.hashes[features.offsets[m] : features.offsets[m + 1]]
        yield words, [lexicon.class_of[int(h)] for h in found[of_class[features.offsets[m] : features.offsets[m + 1]]]]

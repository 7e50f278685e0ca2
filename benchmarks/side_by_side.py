"""Messages a second of dunwatch and its peers, in turns on one core of one machine, and dunwatch's latencies.

Run ``make bench``. Compare ratios, not absolutes: machines differ and drift.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import dunwatch
from benchmarks.peers import Peer, all_peers
from dunwatch_train.corpus import DATA, read_corpus

_ROUNDS = 7
_LENGTH = 70
_MESSAGES = 16_384
# Slow peers get fewer messages: a rate needs no more.
_SAMPLE = {"scikit-learn + jieba": 1_024, "fastText + jieba": 1_024}


def messages_of_length(texts: Sequence[str], mean: float, count: int) -> list[str]:
    """Messages in random order, the longest left out until the mean length is as wanted, repeated up to ``count``."""
    kept = sorted(texts, key=len)
    while sum(map(len, kept)) > mean * len(kept):
        kept.pop()
    kept *= -(-count // len(kept))
    random.Random(1).shuffle(kept)
    return kept[:count]


def seconds(job: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def rates(peers: dict[str, Peer], texts: list[str]) -> dict[str, list[float]]:
    """Messages a second of each peer in each round, the peers taking turns."""
    found: dict[str, list[float]] = {name: [] for name in peers}
    for round_number in range(_ROUNDS + 1):
        for name, peer in peers.items():
            sample = texts[: _SAMPLE.get(name, len(texts))]
            rate = len(sample) / seconds(lambda peer=peer, sample=sample: peer(sample))  # type: ignore[misc]
            if round_number:
                found[name].append(rate)
    return found


def latency(job: Callable[[], object], calls: int) -> float:
    """Median seconds of one call."""
    return statistics.median(seconds(job) for _ in range(calls))


def cold_start(text: str) -> float:
    """Median seconds of ``dunwatch score`` on one line, in a new process each time."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "one.txt"
        source.write_text(text + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "dunwatch", "score", str(source), "-o", str(Path(folder) / "out.jsonl"), "--quiet"]
        return latency(lambda: subprocess.run(command, check=True), 7)


def main() -> None:
    """Measure and print."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    corpus = read_corpus(DATA / "corpus")
    texts = messages_of_length([message.text for message in corpus], _LENGTH, _MESSAGES)
    classifier = dunwatch.load()
    print(f"{len(texts):,} messages, {sum(map(len, texts)) / len(texts):.0f} characters on average, one core, {_ROUNDS} rounds")
    measured = rates({"dunwatch": classifier.score, **all_peers(corpus)}, texts)
    for name, values in measured.items():
        ratios = [ours / theirs for ours, theirs in zip(measured["dunwatch"], values, strict=True)]
        print(f"{name:22} {statistics.median(values):>10,.0f} messages/s   dunwatch is {statistics.median(ratios):5.1f}x as fast")
    one = "您好，您在我平台的借款已逾期3天，再不还款今晚带人上门，后果自负，请尽快处理"
    print(f"one message, verdict   {latency(lambda: classifier.classify(one, explain=False), 2000) * 1e6:10.0f} microseconds")
    print(f"one message, spans     {latency(lambda: classifier.classify(one), 500) * 1e6:10.0f} microseconds")
    print(f"cold start, one line   {cold_start(one):10.2f} seconds")


if __name__ == "__main__":
    main()

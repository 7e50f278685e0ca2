"""Whole dumps, from Parquet to Parquet: rates side by side with what people would glue together, and peak memory.

``python -m benchmarks.batch rates``, ``memory`` and ``reading``. Compare ratios, not absolutes.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import rjieba

import dunwatch
from benchmarks.dumps import write_dump
from benchmarks.peers import Peer, fast_text, scikit_learn
from benchmarks.side_by_side import seconds
from dunwatch.batch import ScoreJob, run_job
from dunwatch.batch.inputs import Inputs
from dunwatch.batch.parts.plan import Plan
from dunwatch.batch.parts.workfolder import WorkFolder
from dunwatch.batch.readers import ReadOptions, find_files
from dunwatch_train.corpus import DATA, read_corpus

_ROUNDS = 5
_ROWS = 1_000_000
_CHUNK = 4_000
# Slow peers get fewer messages: a rate needs no more.
_PEER_ROWS = {"scikit-learn + jieba": 16_000, "fastText + rjieba": 160_000}
_MEGABYTE = 1e6


def command(source: Path, target: Path, workers: int) -> list[str]:
    """The command as users call it."""
    return [sys.executable, "-m", "dunwatch", "score", str(source), "-o", str(target), "--workers", str(workers), "--quiet"]


def peer_run(peer: Peer, source: Path, target: Path, processes: int) -> None:
    """A script around a peer: Parquet read in batches, judged by so many processes, written with what the peer says.

    The peer is trained and loaded already, as dunwatch is where they are compared.
    """
    batches = [pa.Table.from_batches([batch]) for batch in pq.ParquetFile(source).iter_batches(_CHUNK)]
    _at_work["peer"] = peer
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        found = pool.map(_judged, [batch.column("text").to_pylist() for batch in batches])
        pq.write_table(pa.concat_tables(map(_with_columns, batches, found)), target, compression="zstd")


_at_work: dict[str, Peer] = {}


def _judged(texts: list[str]) -> dict[str, pa.Array]:
    answer: Any = _at_work["peer"](texts)
    if isinstance(answer, np.ndarray):
        return {"scores": pa.array(list(answer.astype(np.float32)))}
    labels, scores = answer
    return {"labels": pa.array(labels), "scores": pa.array(scores)}


def _with_columns(table: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


def rates(folder: Path) -> None:
    """Print messages a second of dunwatch and of its peers, the runs taking turns, on one core and on two."""
    corpus = read_corpus(DATA / "corpus")
    peers = {"scikit-learn + jieba": scikit_learn(corpus), "fastText + rjieba": fast_text(corpus, rjieba.cut)}
    dumps = {rows: folder / f"{rows}.parquet" for rows in (_ROWS, *_PEER_ROWS.values())}
    for rows, path in dumps.items():
        write_dump(rows, path)
    classifier = dunwatch.load()
    found: dict[tuple[str, int], list[float]] = {}
    for _ in range(_ROUNDS):
        for cores in (1, 2):
            job = ScoreJob((str(dumps[_ROWS]),), str(folder / "out.parquet"), workers=cores)
            found.setdefault(("dunwatch", cores), []).append(_ROWS / seconds(lambda job=job: run_job(job, classifier)))  # type: ignore[misc]
            for name, peer in peers.items():
                run = (peer, dumps[_PEER_ROWS[name]], folder / "peer.parquet", cores)
                rate = _PEER_ROWS[name] / seconds(lambda run=run: peer_run(*run))  # type: ignore[misc]
                found.setdefault((name, cores), []).append(rate)
        whole = command(dumps[_ROWS], folder / "out.parquet", 2)
        taken = seconds(lambda whole=whole: subprocess.run(whole, check=True))  # type: ignore[misc]
        found.setdefault(("dunwatch, its start too", 2), []).append(_ROWS / taken)
    _print_rates(found)


def _print_rates(found: dict[tuple[str, int], list[float]]) -> None:
    for (name, cores), values in sorted(found.items(), key=lambda item: item[0][1]):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(found["dunwatch", cores], values, strict=True))
        processes = "1 process  " if cores == 1 else f"{cores} processes"
        print(f"{name:24}{processes} {statistics.median(values):>9,.0f} messages/s   dunwatch is {ratio:5.1f}x as fast")
    scaling = statistics.median(two / one for one, two in zip(found["dunwatch", 1], found["dunwatch", 2], strict=True))
    print(f"two workers are {scaling:.2f}x as fast as one")


def memory(folder: Path) -> None:
    """Print the peak memory of all processes together, and the rate, for a million messages and for ten."""
    for rows in (_ROWS, 10 * _ROWS):
        source = folder / f"{rows}.parquet"
        write_dump(rows, source)
        began = time.perf_counter()
        peak = peak_memory(command(source, folder / "out.parquet", 2))
        rate = rows / (time.perf_counter() - began)
        print(f"{rows:>12,} messages: peak {peak / _MEGABYTE:,.0f} MB, {rate:,.0f} messages/s")
        if pq.ParquetFile(folder / "out.parquet").metadata.num_rows != rows:
            sys.exit("rows were lost")


def reading(folder: Path) -> None:
    """Print how many messages a second of each format the one process that reads can hand to workers."""
    rows = _ROWS // 4
    write_dump(rows, folder / "in.parquet")
    table = pq.read_table(folder / "in.parquet")
    arrow_csv.write_csv(table, folder / "in.csv")
    with gzip.open(folder / "in.csv.gz", "wb", compresslevel=6) as packed:
        arrow_csv.write_csv(table, packed)
    lines = [json.dumps(row, ensure_ascii=False) for row in table.to_pylist()]
    (folder / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    texts = [text.replace("\n", " ") for text in table.column("text").to_pylist()]
    (folder / "in.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    (folder / "gb18030.txt").write_text("\n".join(texts) + "\n", encoding="gb18030", errors="replace")
    messages = [f'<sms address="1" date="1700000000000" type="1" body={quoteattr(text)} />' for text in texts]
    (folder / "in.xml").write_text("<smses>\n" + "\n".join(messages) + "\n</smses>\n", encoding="utf-8")
    for name in ("in.parquet", "in.csv", "in.csv.gz", "in.jsonl", "in.txt", "gb18030.txt", "in.xml"):
        rate = statistics.median(rows / seconds(lambda name=name: _hand_out(folder, name)) for _ in range(3))  # type: ignore[misc]
        print(f"{name:12} {rate:>12,.0f} messages/s")


def _hand_out(folder: Path, name: str) -> None:
    inputs = Inputs(find_files([str(folder / name)]).files, ReadOptions())
    waiting = WorkFolder(str(folder / "waiting"))
    waiting.create()
    for _ in Plan(inputs.sources(), 1, waiting).parts(frozenset()):
        pass
    waiting.remove()


def peak_memory(run: list[str]) -> float:
    """Most bytes that all processes of a run held at once, what they share counted once (PSS), looked at ten times a second."""
    process = subprocess.Popen(run)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _held(psutil.Process(process.pid)))
        time.sleep(0.1)
    return peak


def _held(parent: psutil.Process) -> int:
    held = 0
    for one in (parent, *parent.children(recursive=True)):
        try:
            held += one.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return held


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        {"rates": rates, "memory": memory, "reading": reading}[sys.argv[1]](Path(scratch))

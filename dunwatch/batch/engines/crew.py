"""A crew of processes that do parts; whoever dies is replaced, and the part done again."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from dunwatch.batch.engines.strikes import Strikes
from dunwatch.batch.parts.part import Part, PartReport
from dunwatch.batch.parts.score import PartSettings, score_part
from dunwatch.classifier import Classifier
from dunwatch.errors import DunwatchError

# A fork shares the loaded model and starts at once; elsewhere processes start anew and load it.
_FORKS = sys.platform == "linux"
_CONTEXT: Any = multiprocessing.get_context("fork" if _FORKS else "spawn")
_PATIENCE = 0.2


@dataclass(frozen=True, slots=True)
class Failure:
    """What a worker says instead of a report; ``error`` is None where it may have been the part's fault."""

    error: DunwatchError | None


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    line: Connection
    part: Part | None = field(default=None)


class Crew:
    """So many workers, one part each at a time."""

    def __init__(self, size: int, settings: PartSettings, classifier: Classifier) -> None:
        """Workers start when there are parts for them."""
        self._size = size
        self._settings = settings
        self._classifier = classifier
        self._strikes = Strikes(settings.folder)
        self._again: deque[Part] = deque()
        self._workers: list[_Worker] = []

    def run(self, parts: Iterator[Part]) -> Iterator[PartReport]:
        """Do all parts; reports come as they are ready. Raises the ``DunwatchError`` that a worker met."""
        waiting: deque[Part] = deque()
        ended = False
        try:
            while not ended or self._again or waiting or any(worker.part for worker in self._workers):
                if not ended and len(waiting) <= 1:
                    part = next(parts, None)
                    ended = part is None
                    waiting.extend([part] if part else [])
                self._hand_out(waiting)
                # With nothing in reserve, do not wait: read on.
                yield from self._collect(_PATIENCE if waiting or ended else 0.0)
        finally:
            self._dismiss()

    def _hand_out(self, waiting: deque[Part]) -> None:
        while queue := self._again or waiting:
            worker = self._free_worker()
            if worker is None:
                return
            worker.part = queue.popleft()
            with suppress(OSError):
                # A worker that just died is found when its process is.
                worker.line.send(worker.part)

    def _free_worker(self) -> _Worker | None:
        """A worker with nothing to do; another is hired while there are fewer than wanted."""
        free = next((worker for worker in self._workers if worker.part is None), None)
        if free is None and len(self._workers) < self._size:
            free = self._hire()
            self._workers.append(free)
        return free

    def _collect(self, patience: float) -> Iterator[PartReport]:
        ready = set(wait([handle for worker in self._workers for handle in (worker.line, worker.process.sentinel)], patience))
        for place, worker in enumerate(self._workers):
            if worker.line in ready or worker.process.sentinel in ready:
                answer = _answer(worker)
                if isinstance(answer, PartReport):
                    worker.part = None
                    yield answer
                    continue
                self._again += self._another_try(worker, answer)
                worker.part = None
                if answer is None:
                    self._replace(place)

    def _another_try(self, worker: _Worker, answer: Failure | None) -> list[Part]:
        if answer and answer.error:
            raise answer.error
        return [self._strikes.another_try(worker.part)] if worker.part else []

    def _replace(self, place: int) -> None:
        gone = self._workers[place]
        gone.line.close()
        gone.process.join()
        self._workers[place] = self._hire()

    def _hire(self) -> _Worker:
        ours, theirs = _CONTEXT.Pipe()
        # A fork has our ends of all pipes: while anybody holds them, no worker learns that this process is gone.
        inherited = [worker.line for worker in self._workers] + [ours] if _FORKS else []
        process = _CONTEXT.Process(target=_work, args=(theirs, inherited, self._settings, self._classifier), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _dismiss(self) -> None:
        for worker in self._workers:
            worker.line.close()
            if worker.part:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()


def _answer(worker: _Worker) -> PartReport | Failure | None:
    """What a worker says, or None if it died without a word."""
    try:
        said: PartReport | Failure = worker.line.recv()
    except (EOFError, OSError):
        return None
    return said


def _work(line: Connection, inherited: list[Connection], settings: PartSettings, classifier: Classifier) -> None:
    """The life of a worker: parts come, reports go, until nobody is at the other end."""
    for foreign in inherited:
        foreign.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        while True:
            line.send(_done(line.recv(), settings, classifier))


def _done(part: Part, settings: PartSettings, classifier: Classifier) -> PartReport | Failure:
    try:
        return score_part(part, settings, classifier)
    except DunwatchError as error:
        return Failure(error)
    except Exception:
        # Whatever it was, the part is tried again, and row by row in the end; its text must not reach a log.
        return Failure(None)

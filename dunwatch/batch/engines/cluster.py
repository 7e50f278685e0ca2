"""A Dask cluster that does the parts: the same parts, with input and output where all workers can reach them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as distribution_version
from itertools import islice
from typing import TYPE_CHECKING, Any

from dunwatch.batch.engines.crew import Crew
from dunwatch.batch.parts.part import Part, PartReport
from dunwatch.batch.parts.score import PartSettings, score_part
from dunwatch.batch.parts.workfolder import WorkFolder
from dunwatch.classifier import Classifier
from dunwatch.errors import ClusterError, DunwatchError, MissingExtra

if TYPE_CHECKING:
    from distributed import Client

_AHEAD = 2
"""Parts handed to the cluster for each of its threads."""


def run_on_cluster(address: str, parts: Iterator[Part], settings: PartSettings, classifier: Classifier) -> Iterator[PartReport]:
    """Do all parts on the workers of a Dask scheduler; reports come as they are ready.

    A part whose worker dies is done by another; one that kills several is done here, row by row. Raises ``ClusterError``.
    """
    with _client(address, classifier) as client:
        _check_reach(address, client, settings)
        failed: list[Part] = []
        for part, report in _futures(client, parts, settings):
            if report is None:
                failed.append(part.carefully())
            else:
                yield report
    if failed:
        yield from Crew(1, settings, classifier).run(iter(failed))


@contextmanager
def _client(address: str, classifier: Classifier) -> Iterator[Client]:
    try:
        from distributed import Client

        from dunwatch.batch.engines.model_plugin import ModelPlugin
    except ImportError:
        raise MissingExtra("distributed", "cluster") from None
    try:
        client: Client = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(f"{address}: no Dask scheduler answers there ({error}); start one, or correct --scheduler") from None
    with client:
        try:
            client.register_plugin(ModelPlugin(classifier))
        except DunwatchError as error:
            raise ClusterError(f"{address}: a worker cannot use the model: {error}") from None
        yield client


def _check_reach(address: str, client: Client, settings: PartSettings) -> None:
    """Every worker must see what this process writes, and be of the same version."""
    seen: dict[str, tuple[bool, str]] = client.run(_what_worker_sees, settings.folder)
    if not seen:
        raise ClusterError(f"{address}: the scheduler has no workers; start some")
    ours = _what_worker_sees(settings.folder)[1]
    for worker, (sees, version) in seen.items():
        if not sees:
            raise ClusterError(f"{worker}: this worker cannot see {settings.folder.place}; name a shared path or a URL")
        if version != ours:
            raise ClusterError(f"{worker}: this worker has dunwatch {version}, not {ours}; install the same")


def _what_worker_sees(folder: WorkFolder) -> tuple[bool, str]:
    return "job.json" in folder.names(), distribution_version("dunwatch")


def _futures(client: Client, parts: Iterator[Part], settings: PartSettings) -> Iterator[tuple[Part, PartReport | None]]:
    """Parts with their reports, in the order in which they are done; None for what the cluster could not do."""
    from distributed import as_completed

    threads = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
    under_way: dict[Any, Part] = {}
    done = as_completed(loop=client.loop)  # type: ignore[no-untyped-call]
    for part in islice(parts, _AHEAD * threads):
        _submit(client, part, settings, under_way, done)
    for future in done:
        part = under_way.pop(future)
        yield part, _report_of(future)
        if following := next(parts, None):
            _submit(client, following, settings, under_way, done)


def _submit(client: Client, part: Part, settings: PartSettings, under_way: dict[Any, Part], done: Any) -> None:
    future = client.submit(_on_worker, part, settings, pure=False)
    under_way[future] = part
    done.add(future)


def _report_of(future: Any) -> PartReport | None:
    if future.status in ("cancelled", "lost"):
        raise ClusterError("the Dask scheduler is gone; start one again and run the same command with --resume")
    error = future.exception()
    if isinstance(error, DunwatchError):
        raise error
    return None if error is not None else future.result()


def _on_worker(part: Part, settings: PartSettings) -> PartReport:
    from dunwatch.batch.engines.model_plugin import classifier_here

    return score_part(part, settings, classifier_here())

"""dunwatch in Spark: messages are scored where the data lies, in Arrow batches.

    from dunwatch.spark import with_scores

    scored = with_scores(spark.table("messages"), text="content")

Each Python worker loads the model once. A classic session sends the model along, once for each executor; a Spark Connect
session, which has no ``SparkContext``, sends nothing: there the model must lie on the executors, under the same path or as the
same version among their own models. Either way an executor refuses a model that is not, to the byte, the one the driver
checked. dunwatch itself must be installed on the executors.

Needs ``pip install 'dunwatch[spark]'``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa

from dunwatch.batch.scoring import joined_schema, score_batches
from dunwatch.classifier import Classifier, load
from dunwatch.errors import DamagedModel, InputError, MissingColumn, MissingExtra
from dunwatch.model import DEFAULT_OPERATING_POINT, Model, load_model, resolve_model
from dunwatch.model.artefact import MODEL_FILES, model_digest
from dunwatch.text import plain_batch

try:
    import pyspark
    from pyspark.sql.types import FloatType, StringType, StructField, StructType
except ImportError:
    raise MissingExtra("pyspark", "spark") from None

if TYPE_CHECKING:
    from pyspark import SparkContext
    from pyspark.sql import DataFrame, SparkSession

BatchFunction = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""What ``DataFrame.mapInArrow`` takes."""


def with_scores(
    frame: DataFrame, text: str = "text", model: str | Path | None = None, operating_point: str = DEFAULT_OPERATING_POINT
) -> DataFrame:
    """The frame with the output columns of ``dunwatch score`` behind its own; nulls in ``text`` count as empty messages.

    A column with the name of an added one becomes ``input_…``. The model is checked at once; nothing is scored before an
    action. Raises ``MissingColumn``, ``InputError`` for a text column that holds no strings or for an unknown operating point,
    and ``ModelNotFound``, ``DamagedModel`` or ``NewerModelFormat``.
    """
    place = _place_of(frame, text)
    classifier = load(model, operating_point=operating_point)
    # Columns go by place: Spark's mapInArrow cannot name those whose names hold dots or stand twice.
    numbered = frame.toDF(*(f"c{i}" for i in range(len(frame.columns))))
    function = _Scorer(f"c{place}", _sent(classifier.model.path, frame.sparkSession), operating_point)
    return numbered.mapInArrow(function, _output_schema(frame, classifier))


def scorer(
    text: str = "text",
    model: str | Path | None = None,
    operating_point: str = DEFAULT_OPERATING_POINT,
    spark: SparkSession | None = None,
) -> BatchFunction:
    """A function for ``DataFrame.mapInArrow`` that adds what ``with_scores`` adds; the schema is up to the caller.

    With ``spark`` the model is sent to the executors, without it must lie there already. The model is checked at once; raises
    as ``with_scores`` does, but for what concerns the column.
    """
    classifier = load(model, operating_point=operating_point)
    return _Scorer(text, _sent(classifier.model.path, spark), operating_point)


@dataclass(frozen=True)
class _Source:
    """Where an executor finds the model. ``digest``: sha256 of the manifest the driver saw."""

    folder: str
    archive: str | None
    digest: str

    def path(self) -> Path:
        return Path(pyspark.SparkFiles.get(self.archive)) if self.archive else resolve_model(self.folder)


@dataclass(frozen=True)
class _Scorer:
    """Travels to the executors instead of the model."""

    text: str
    source: _Source
    operating_point: str

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from score_batches(batches, Classifier(_model(self.source), self.operating_point), self.text)


@cache
def _model(source: _Source) -> Model:
    """The model, once for each Python worker."""
    folder = source.path()
    loaded = load_model(folder)
    if model_digest(folder) != source.digest:
        raise DamagedModel(f"{folder}: not the model the driver has; give this executor the same, or let the driver send it")
    return loaded


def _sent(folder: Path, spark: SparkSession | None) -> _Source:
    """Send the model to the executors if the session can."""
    folder, digest = folder.resolve(), model_digest(folder)
    context = getattr(spark, "sparkContext", None)
    return _Source(str(folder), _archived(folder, digest, context) if context else None, digest)


def _archived(folder: Path, digest: str, context: SparkContext) -> str:
    """Name under which executors find the model unpacked.

    An archive, for Spark sends folders of the driver's disk in local mode alone. It is kept in Spark's own folder: executors
    that start later fetch it too, whatever has become of the model's folder, and it goes with the context.
    """
    name = f"dunwatch-{digest[:16]}"
    if not any(place.endswith(f"#{name}") for place in context.listArchives):
        place = Path(pyspark.SparkFiles.getRootDirectory(), f"{name}.zip")
        with ZipFile(place, "w", ZIP_DEFLATED) as archive:
            for file in MODEL_FILES:
                archive.writestr(file, (folder / file).read_bytes())
        context.addArchive(f"{place}#{name}")
    return name


def _place_of(frame: DataFrame, text: str) -> int:
    if text not in frame.columns:
        raise MissingColumn("data frame", text, frame.columns)
    if frame.columns.count(text) > 1:
        raise InputError(f"data frame: there are several columns {text!r}; rename all but one")
    place = frame.columns.index(text)
    kind = frame.schema[place].dataType
    if not isinstance(kind, StringType):
        raise InputError(f"data frame: column {text!r} is {kind.simpleString()}, not string; name another or cast it")
    return place


def _output_schema(frame: DataFrame, classifier: Classifier) -> StructType:
    added = classifier.columns(plain_batch([])).schema
    names = _kept_names(frame, added)
    own = [StructField(name, kept.dataType, kept.nullable, kept.metadata) for name, kept in zip(names, frame.schema, strict=True)]
    return StructType([*own, *(StructField(field.name, _spark_type(field.type)) for field in added)])


def _spark_type(kind: pa.DataType) -> FloatType | StringType:
    return FloatType() if pa.types.is_floating(kind) else StringType()


def _kept_names(frame: DataFrame, added: pa.Schema) -> list[str]:
    """Names of the input columns in the output; to most sessions ``Threat`` and ``threat`` are one name."""
    sensitive = frame.sparkSession.conf.get("spark.sql.caseSensitive") == "true"
    plain = [name if sensitive else name.lower() for name in frame.columns]
    joined = joined_schema(pa.schema([(name, pa.null()) for name in plain]), added).names
    return [new.removesuffix(old) + name for new, old, name in zip(joined, plain, frame.columns, strict=False)]

"""Spark, for real: a local session whose Python workers score what the library scores."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pyarrow as pa
import pytest

import dunwatch
from dunwatch.batch.scoring import score_batches
from dunwatch.model import load_model, resolve_model

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# One worker of pytest-xdist, one session.
pytestmark = pytest.mark.xdist_group("spark")

MESSAGES = [
    "再不还钱就爆你通讯录",
    None,
    "Your statement is ready. Thank you for banking with us.",
    "已启动卫星定位，今晚上门",
    "",
    "Pay by five or your boss gets the whole story 😡",
    "这里是网警支队，你涉嫌诈骗已立案",
]
ROWS = [(place, text, datetime.date(2026, 1, 1 + place), ["a"] * place) for place, text in enumerate(MESSAGES)]
COLUMNS = "id long, text string, day date, tags array<string>"


def give_up(reason: str) -> NoReturn:
    """Who has no Spark may go without these tests; CI may not."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which(str(Path(home, "bin", "java")) if home else "java"))


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    if not has_java():
        give_up("Spark needs Java 17 or newer")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        give_up("pyspark is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local[2]").config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        session = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()


@pytest.fixture
def frame(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame(ROWS, COLUMNS)


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A model no other test uses, so that no worker has it yet."""
    copy = tmp_path / "1900.1"
    shutil.copytree(resolve_model(), copy)
    change_manifest(copy, corpus={"used by": request.node.name})
    return copy


def change_manifest(folder: Path, **fields: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **fields}), "utf-8")


def digest_of(folder: Path) -> str:
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def expected_rows(classifier: dunwatch.Classifier, batch: pa.RecordBatch) -> list[dict[str, Any]]:
    (scored,) = score_batches([batch], classifier, "text")
    rows: list[dict[str, Any]] = scored.to_pylist()
    return rows


def jobs(spark: SparkSession) -> set[int]:
    return set(spark.sparkContext.statusTracker().getJobIdsForGroup())


def rows_of(frame: DataFrame) -> list[dict[str, Any]]:
    return [row.asDict() for row in frame.collect()]


def by_id(frame: DataFrame) -> list[dict[str, Any]]:
    return sorted(rows_of(frame), key=lambda row: int(row["id"]))


def with_scores(*arguments: Any, **named: Any) -> DataFrame:
    from dunwatch import spark

    return spark.with_scores(*arguments, **named)


def scorer(**named: Any) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    from dunwatch import spark

    return spark.scorer(**named)


@pytest.mark.parametrize("large", ["false", "true"])
def test_rows_and_columns_are_those_of_the_library(
    spark: SparkSession, frame: DataFrame, classifier: dunwatch.Classifier, large: str
) -> None:
    names = ["id", "text", "day", "tags"]
    columns = [list(column) for column in zip(*ROWS, strict=True)]
    expected = expected_rows(classifier, pa.record_batch(columns, names=names))
    spark.conf.set("spark.sql.execution.arrow.useLargeVarTypes", large)
    scored = with_scores(frame.repartition(3))
    assert scored.rdd.getNumPartitions() == 3
    assert scored.columns == list(expected[0])
    assert by_id(scored) == expected


def test_nulls_are_empty_messages(frame: DataFrame) -> None:
    scored = with_scores(frame).where("text is null or text = ''").drop("id", "text", "day", "tags")
    null, empty = rows_of(scored)
    assert null == empty
    assert null["verdict"] == "clear"


def test_own_columns_keep_type_and_nullability(frame: DataFrame) -> None:
    own = frame.selectExpr("text", "named_struct('day', day) as inner", "1 as one")
    scored = with_scores(own)
    assert scored.schema.fields[:3] == own.schema.fields
    assert scored.select(own.columns).collect() == own.collect()
    assert scored.select("threat", "threat_score", "model").dtypes == [
        ("threat", "string"),
        ("threat_score", "float"),
        ("model", "string"),
    ]


def test_clashing_columns_become_input_columns(spark: SparkSession, classifier: dunwatch.Classifier) -> None:
    scored = with_scores(spark.createDataFrame([("你好", "mine", 7)], "text string, verdict string, Threat int"))
    assert scored.columns[:3] == ["text", "input_verdict", "input_Threat"]
    assert rows_of(scored.select("input_verdict", "verdict", "input_Threat", "threat", "model")) == [
        {"input_verdict": "mine", "verdict": "clear", "input_Threat": 7, "threat": "clear", "model": classifier.version}
    ]


def test_columns_may_hold_dots_and_stand_twice(spark: SparkSession) -> None:
    scored = with_scores(spark.createDataFrame([(MESSAGES[0], 1, 2)], "`the.text` string, n int, n int"), text="the.text")
    assert scored.columns[:3] == ["the.text", "n", "input_n"]
    assert scored.collect()[0][:5] == (MESSAGES[0], 1, 2, "flagged", pytest.approx(1, abs=0.5))


def test_an_empty_frame_gets_the_columns(frame: DataFrame) -> None:
    scored = with_scores(frame.limit(0))
    assert scored.columns[-1] == "model"
    assert scored.collect() == []


def test_what_cannot_be_scored_is_refused_before_any_job(spark: SparkSession, frame: DataFrame) -> None:
    before = jobs(spark)
    with pytest.raises(dunwatch.MissingColumn, match="no column 'content'; columns are: id, text, day, tags"):
        with_scores(frame, text="content")
    with pytest.raises(dunwatch.InputError, match="'id' is bigint, not string"):
        with_scores(frame, text="id")
    with pytest.raises(dunwatch.InputError, match="several columns 'text'"):
        with_scores(frame.selectExpr("text", "text"))
    with pytest.raises(dunwatch.InputError, match="operating point 'bold'"):
        with_scores(frame, operating_point="bold")
    with pytest.raises(dunwatch.ModelNotFound):
        with_scores(frame, model="1900.2")
    assert jobs(spark) == before


def test_the_operating_point_reaches_the_workers(frame: DataFrame) -> None:
    verdicts = {
        point: [row["verdict"] for row in by_id(with_scores(frame, operating_point=point))] for point in ("careful", "wide")
    }
    for point, found in verdicts.items():
        judged = dunwatch.load(operating_point=point).classify_many([text or "" for text in MESSAGES], explain=False)
        assert found == [verdict.decision for verdict in judged]


def test_the_model_is_sent_once_and_what_travels_with_a_job_is_small(spark: SparkSession, frame: DataFrame) -> None:
    with_scores(frame)
    sent = spark.sparkContext.listArchives
    with_scores(frame, operating_point="careful")
    assert spark.sparkContext.listArchives == sent
    assert len(pickle.dumps(scorer(spark=spark))) < 1000


def test_a_model_that_was_sent_may_go(frame: DataFrame, folder: Path, classifier: dunwatch.Classifier) -> None:
    scored = with_scores(frame, model=folder)
    shutil.rmtree(folder)
    assert {row["model"] for row in rows_of(scored)} == {classifier.version}


@pytest.mark.usefixtures("spark")
def test_another_model_in_the_same_place_is_refused(folder: Path) -> None:
    score = scorer(model=folder)
    change_manifest(folder, version="1900.2")
    assert load_model(folder).manifest.version == "1900.2"
    with pytest.raises(dunwatch.DamagedModel, match="not the model the driver has"):
        list(score(iter([pa.record_batch([MESSAGES], names=["text"])])))


def test_executors_that_have_the_model_need_not_be_sent_it(frame: DataFrame, folder: Path) -> None:
    schema = with_scores(frame.select("text")).schema
    scored = frame.select("text").mapInArrow(scorer(model=folder), schema)
    assert rows_of(scored) == rows_of(with_scores(frame.select("text")))


def test_a_model_changed_on_the_executor_is_refused(spark: SparkSession, frame: DataFrame, folder: Path) -> None:
    import pyspark

    scored = with_scores(frame, model=folder)
    # Any job makes executors fetch what was sent.
    spark.range(1).count()
    (name,) = {place.rpartition("#")[2] for place in spark.sparkContext.listArchives if digest_of(folder)[:16] in place}
    with Path(pyspark.SparkFiles.get(name), "weights.safetensors").open("ab") as weights:
        weights.write(b"\0")
    with pytest.raises(Exception, match=r"DamagedModel: .*weights\.safetensors: differs"):
        scored.collect()


def test_without_pyspark_the_extra_is_named() -> None:
    code = "import sys; sys.modules['pyspark'] = None; import dunwatch.spark"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingExtra: pyspark is not installed: pip install 'dunwatch[spark]'" in done.stderr

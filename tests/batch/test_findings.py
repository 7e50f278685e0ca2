"""Findings: the same however rows were cut into parts, bounded, and shown on a page that does nothing."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dunwatch
from dunwatch.batch.findings import Findings, PageFacts, RejectPlace, ReportColumns, pick_report_columns, write_page
from dunwatch.batch.findings.dates import UNDATED, days_of
from dunwatch.batch.findings.days import MOST_BARS, DayCounts, timeline
from dunwatch.batch.findings.heavy import HeavyHitters
from dunwatch.batch.findings.marks import excerpt, shown
from dunwatch.batch.findings.phrases import SAMPLE
from dunwatch.batch.findings.strongest import KEEP
from dunwatch.batch.rows import LINE
from dunwatch.text import arrow_numbers, arrow_strings, plain_batch
from dunwatch.verdict import Span

BOTH = ReportColumns("sender", "date")
ABUSE = [
    "再不还钱就爆你通讯录",
    "You lying scumbag, pay by 5 or your boss gets the full story",
    "We know which school your girl goes to. Tick tock.",
    "这里是网警支队，你涉嫌贷款诈骗已立案，今日内还清可销案，否则上门抓人",
    "已启动卫星定位，外勤20人今晚到你小区，定位费出场费都算你头上",
]
HARMLESS = ["您的包裹已存入3号柜", "did you get home ok?", ""]
HOSTILE = '<script>alert("x")</script></style></bdi> \u202e we know where you live, you filthy scum, pay or die \u2069 & <b>'


def table(senders: Sequence[str | None], dates: Sequence[str | None], texts: list[str]) -> pa.RecordBatch:
    return pa.record_batch([arrow_strings(senders), arrow_strings(dates), arrow_strings(texts)], ["sender", "date", "text"])


def drawn_rows(count: int, senders: int = 9) -> pa.RecordBatch:
    lots = random.Random(count)
    names = [lots.choice([*(f"+86 {n}" for n in range(senders)), "", None]) for _ in range(count)]
    dates = [lots.choice([f"2026-10-0{lots.randrange(1, 10)} 12:00", "1764000000", "tomorrow", None]) for _ in range(count)]
    return table(names, dates, [f"{lots.choice(ABUSE + HARMLESS)} {lots.randrange(count // 2)}" for _ in range(count)])


def drawn_flags(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Columns as scoring adds them, made up: the same for the same text."""
    arrays, names = [], []
    for label in dunwatch.LABEL_IDS:
        lots = [random.Random(f"{label} {text}").random() for text in rows.column("text").to_pylist()]
        arrays += [
            arrow_strings(["flagged" if lot > 0.7 else "clear" for lot in lots]),
            arrow_numbers(np.array(lots, dtype=np.float32)),
        ]
        names += [label, f"{label}_score"]
    return pa.record_batch(arrays, names)


def found(rows: pa.RecordBatch, added: pa.RecordBatch, cuts: list[int] | None = None, columns: ReportColumns = BOTH) -> Findings:
    """Findings of parts that end at ``cuts``, merged in their order."""
    total = Findings(dunwatch.LABEL_IDS, columns)
    texts, numbers = rows.column("text"), arrow_numbers(np.arange(1, len(rows) + 1))
    bounds = [0, *(cuts or []), len(rows)]
    for start, end in pairwise(bounds):
        part, at = Findings(dunwatch.LABEL_IDS, columns), slice(start, end)
        part.add(rows[at], added[at], texts[at], numbers[at], "in.csv")
        total.merge(Findings.from_json(json.loads(json.dumps(part.to_json()))))
    return total


def facts_of(classifier: dunwatch.Classifier, added: pa.RecordBatch) -> PageFacts:
    none = dict.fromkeys(("clear", "review", "flagged"), 0)
    return PageFacts(
        inputs=("in.csv", "<b>.csv"),
        classifier=classifier,
        rows=len(added),
        rejected=2,
        decisions={label: none | Counter(added.column(label).to_pylist()) for label in classifier.labels},
        verdicts=none | Counter(added.column("verdict").to_pylist()),
        reject_reasons={"no JSON": 2},
        rejects=(RejectPlace("in.csv", 7, "no JSON"), RejectPlace("in.csv", 9, "no JSON")),
        when=datetime(2026, 11, 24, 18, tzinfo=UTC),
        version="0.1.0",
    )


def page_of(rows: pa.RecordBatch, classifier: dunwatch.Classifier, path: Path, columns: ReportColumns = BOTH) -> str:
    added = classifier.columns(plain_batch(rows.column("text").to_pylist()))
    write_page(found(rows, added, columns=columns), facts=facts_of(classifier, added), path=str(path))
    return path.read_text("utf-8")


def day_of(dates: pa.Array) -> list[str | None]:
    return [None if day == UNDATED else str(np.datetime64(day, "D")) for day in days_of(dates).tolist()]


def test_parts_cut_differently_give_the_same_findings() -> None:
    rows = drawn_rows(3_000)
    added = drawn_flags(rows)
    whole = found(rows, added).to_json()
    assert found(rows, added, [1, 2, 700, 701, 2_048]).to_json() == whole
    assert found(rows, added, list(range(100, 3_000, 100))).to_json() == whole
    assert len(whole["strongest"]) == KEEP
    assert all(len(sample) == SAMPLE for sample in whole["sample"].values())


def test_counts_by_day_and_sender_are_those_of_the_rows() -> None:
    rows = drawn_rows(500)
    added = drawn_flags(rows)
    findings = found(rows, added, [100])
    flagged = [any(row[label] == "flagged" for label in dunwatch.LABEL_IDS) for row in added.to_pylist()]
    senders = Counter(name for name, flag in zip(rows.column("sender").to_pylist(), flagged, strict=True) if flag and name)
    assert {sender.sender: sender.flagged for sender in findings.senders.top(99)} == senders
    assert findings.senders.messages.bound == findings.senders.flagged.bound == 0
    dated = sum(counts[0] for counts in findings.days.by_day.values())
    assert dated + findings.days.undated[0] == len(rows)
    assert findings.days.undated[0] == sum(when in ("tomorrow", None) for when in rows.column("date").to_pylist())


def test_the_strongest_are_ranked_by_evidence_then_row_and_each_text_stands_once() -> None:
    rows = table(["a"] * 60, ["2026-10-01"] * 60, [f"text {n % 30}" for n in range(60)])
    added = drawn_flags(rows)
    flagged = [any(row[label] == "flagged" for label in dunwatch.LABEL_IDS) for row in added.to_pylist()]
    evidence = np.sum([added.column(f"{label}_score").to_numpy().astype(float) for label in dunwatch.LABEL_IDS], axis=0)
    expected = sorted((place for place in range(30) if flagged[place]), key=lambda place: -evidence[place])
    assert [message.row - 1 for message in found(rows, added, [11, 45]).strongest.messages] == expected[:KEEP]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-24", "2026-11-24"),
        (" 2026-11-24T23:59:59+08:00", "2026-11-24"),
        ("2026/1/4 08:00", "2026-01-04"),
        ("2026.1.4", "2026-01-04"),
        ("2026年11月24日 8时", "2026-11-24"),
        ("2026年1月4日", "2026-01-04"),
        ("20261124", "2026-11-24"),
        ("20261124 08:12", "2026-11-24"),
        ("202611240812", "2026-11-24"),
        ("20261124081259", "2026-11-24"),
        ("1764000000", "2025-11-24"),
        ("1764000000.25", "2025-11-24"),
        ("1764000000000", "2025-11-24"),
        ("1764000000000000", "2025-11-24"),
        ("1764000000000000000", "2025-11-24"),
        ("2026-02-29", None),
        ("2024-02-29", "2024-02-29"),
        ("2026-13-01", None),
        ("2026-11-245", None),
        ("1970-01-01", None),
        ("0", None),
        ("99999999999999999999", None),
        ("12:30", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_as_they_are_written(written: str | None, day: str | None) -> None:
    assert day_of(arrow_strings([written])) == [day]


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (pa.array([1764000000, 20261124, None, -5], pa.int64()), ["2025-11-24", "2026-11-24", None, None]),
        (pa.array([1764000000000], pa.uint64()), ["2025-11-24"]),
        (pa.array([1.764e9, float("nan"), None]), ["2025-11-24", None, None]),
        (pa.array([date(2026, 11, 24), None, date(1900, 1, 1)]), ["2026-11-24", None, None]),
        (pa.array([datetime(2026, 11, 24, 23, 30)], pa.timestamp("us")), ["2026-11-24"]),
        (pa.array([datetime(2026, 11, 24, 23, 30, tzinfo=UTC)], pa.timestamp("ms", "Asia/Shanghai")), ["2026-11-25"]),
        (pa.array(["2026-11-24"], pa.large_string()), ["2026-11-24"]),
        (pa.array([b"2026-11-24", b"2026-11-25"]), ["2026-11-24", "2026-11-25"]),
        (pa.array([b"\xff"]), [None]),
        (pa.array([["2026-11-24"]]), [None]),
        (pa.array([True]), [None]),
        (pa.array([], pa.string()), []),
    ],
)
def test_dates_of_every_arrow_type_are_read_or_count_as_none(dates: pa.Array, days: list[str | None]) -> None:
    assert day_of(dates) == days


def test_columns_of_every_arrow_type_are_read() -> None:
    columns = {
        "sender": pa.array([8613800138000.0, 110.0, None, 8613800138000.0]),
        "date": pa.array(["2026-11-24"] * 4).dictionary_encode(),
        "text": pa.array(["x 1", "x 2", "x 3", "x 4"]),
    }
    rows = pa.record_batch(columns)
    findings = found(rows, drawn_flags(rows))
    assert set(findings.senders.messages.entries) == {"8613800138000", "110"}
    assert findings.senders.unknown[0] == 1
    assert list(findings.days.by_day) == [np.datetime64("2026-11-24").astype(int)]


parts = st.lists(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), max_size=40), max_size=8)


@given(parts=parts, capacity=st.integers(1, 6))
def test_a_summary_of_heavy_hitters_is_never_further_off_than_it_says(parts: list[list[tuple[int, int]]], capacity: int) -> None:
    summary, true = HeavyHitters(capacity), Counter[str]()
    for part in parts:
        counts = Counter[str]()
        for place, count in part:
            counts[str(place)] += count
        one = HeavyHitters(capacity)
        one.add(
            arrow_strings(list(counts)), np.array([[count, count] for count in counts.values()], dtype=np.int64).reshape(-1, 2)
        )
        summary.merge(HeavyHitters.from_json(json.loads(json.dumps(one.to_json()))))
        true += counts
    assert len(summary.entries) <= capacity
    assert summary.bound <= true.total() / (capacity + 1)
    for key, total in true.items():
        counter, seen, beside = summary.entries.get(key, (0, 0, 0))
        assert total - summary.bound <= counter <= seen == beside <= total
    if len(true) <= capacity:
        assert {key: entry[1] for key, entry in summary.entries.items()} == true


def test_findings_stay_small_whatever_is_added() -> None:
    count = 12_000
    senders = [f"{n} {'x' * 1_000}" for n in range(count)]
    rows = table(
        senders, [f"{1990 + n % 110}-01-{1 + n % 28:02}" for n in range(count)], ["长" * 5_000 + str(n) for n in range(count)]
    )
    flagged, scores = arrow_strings(["flagged"] * count), arrow_numbers(np.ones(count, dtype=np.float32))
    added = {name: column for label in dunwatch.LABEL_IDS for name, column in ((label, flagged), (f"{label}_score", scores))}
    findings = found(rows, pa.record_batch(added), [6_000])
    assert findings.senders.flagged.bound >= 1
    assert len(json.dumps(findings.to_json(), ensure_ascii=False).encode()) < 4_000_000


@given(st.lists(st.integers(7_305, 47_481), min_size=1, max_size=50))
def test_a_timeline_has_few_bars_and_loses_nothing(days: list[int]) -> None:
    counts = DayCounts(2, {day: [1, day % 2] for day in days})
    line = timeline(counts)
    assert line is not None
    assert len(line.names) == len(line.counts) == len(set(line.names)) <= MOST_BARS
    assert np.sum(line.counts, axis=0).tolist() == np.sum(list(counts.by_day.values()), axis=0).tolist()
    assert sum(line.counts[0]) > 0
    assert sum(line.counts[-1]) > 0 or not any(line.counts[-1])


def test_weeks_begin_on_monday() -> None:
    line = timeline(
        DayCounts(2, {day: [1, 0] for day in days_of(arrow_strings(["2026-10-04", "2026-10-05", "2026-12-31"])).tolist()})
    )
    assert line is not None
    assert (line.period, line.names[:2], [row[0] for row in line.counts[:2]]) == ("week", ("2026-09-28", "2026-10-05"), [1, 1])


@pytest.mark.parametrize(
    ("names", "picked"),
    [
        (["Date", "From", "body"], ReportColumns("From", "Date")),
        (["Sent At", "phone-number", "text"], ReportColumns("phone-number", "Sent At")),
        (["时间", "号码", "内容"], ReportColumns("号码", "时间")),
        (["id", "text"], ReportColumns(None, None)),
        ([LINE], ReportColumns(None, None)),
    ],
)
def test_columns_are_guessed_by_common_names(names: list[str], picked: ReportColumns) -> None:
    assert pick_report_columns(names, None, None) == picked


def test_a_column_that_is_named_must_be_there() -> None:
    assert pick_report_columns(["who", "date"], "who", None) == ReportColumns("who", "date")
    with pytest.raises(dunwatch.MissingColumn, match="'when'"):
        pick_report_columns(["who", "date"], None, "when")


def test_json_lines_are_read_by_their_keys() -> None:
    values: list[Any] = [
        {"date": 1764000000, "sender": {"id": 7}, "text": "x 1"},
        {"date": "2026-11-24", "sender": "a\ud800", "text": "x 2"},
        {"sender": None, "text": "x 3"},
        ["no object"],
    ]
    rows = pa.record_batch([arrow_strings([*(json.dumps(value) for value in values), "no JSON"])], [LINE])
    texts = arrow_strings(["x 1", "x 2", "x 3", "x 4", "x 5"])
    findings = Findings(dunwatch.LABEL_IDS, BOTH)
    findings.add(rows, drawn_flags(pa.record_batch([texts], ["text"])), texts, arrow_numbers(np.arange(1, 6)), "in.jsonl")
    assert set(findings.senders.messages.entries) == {'{"id": 7}', "a"}
    assert findings.senders.unknown[0] == findings.days.undated[0] == 3


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20), st.sampled_from("ab")), max_size=6))
def test_a_marked_message_is_the_message(text: str, places: list[tuple[int, int, str]]) -> None:
    spans = [Span(name, a, min(a + size, len(text)), text[a : a + size], 0.5) for a, size, name in places if a < len(text)]
    for longest in (600, 20):
        cut = excerpt(text, spans, longest)
        joined = "".join(piece.text for piece in cut.pieces)
        assert joined in shown(text)
        assert len(joined) == cut.shown == min(longest, len(text))
        assert bool(spans) == any(piece.labels for piece in cut.pieces)
        assert sum(len(piece.ends) for piece in cut.pieces) >= bool(spans)


class _Tags(HTMLParser):
    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attributes


def test_a_page_does_nothing_and_needs_nothing_whatever_the_messages_hold(
    classifier: dunwatch.Classifier, tmp_path: Path
) -> None:
    rows = table([HOSTILE[:60], '"><img src=x>'] * 2, ["2026-11-24", HOSTILE] * 2, [HOSTILE, *ABUSE[:3]])
    page = page_of(rows, classifier, tmp_path / "page.html")
    tags = _Tags(page)
    assert tags.tags["script"] == tags.tags["img"] == tags.tags["b"] - page.count("<b>") == 0
    assert tags.tags["style"] == 1
    assert [value for name, value in tags.attributes if name in ("href", "src") or name.startswith("on")] == ["#rejects"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert "url(" not in page
    assert not {"\u202e", "\u2069"} & set(page)
    assert "<bdi>&lt;script&gt;" in page
    assert all(f"<bdi>{text}" not in page for text in ("<script", '"><img'))


def test_a_page_tells_what_was_found(classifier: dunwatch.Classifier, tmp_path: Path) -> None:
    rows = table(["小张"] * 7 + ["妈"], ["2026-10-01"] * 7 + ["?"], [*ABUSE, ABUSE[0], ABUSE[0], HARMLESS[0]])
    page = page_of(rows, classifier, tmp_path / "page.html")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.replace("<td>", " ")))
    assert "A flag is a reason to read a message, never a verdict on a person." in text
    assert "This file contains personal data" in text
    assert classifier.version in text
    assert "小张 7 7" in text
    assert "without a date that could be read: 1, flagged 0" in text
    assert "再不还钱就爆你通讯录 3" in text or "爆你通讯录 3" in text
    assert "in.csv, row 1 · from 小张 · 2026-10-01" in text
    assert page.count("row 1 ·") == 1
    assert "out of 1 who sent any" in text
    assert "speaks of" in text
    assert "Convention 2018: Article 16" in text
    assert "no JSON 2" in text
    assert "≥" not in text
    assert all(dunwatch.LABELS[place].name_zh in text for place in range(5))
    assert "<mark class=" in page
    assert page.count("<th>") == 0


def test_without_columns_a_page_has_no_sections_of_them(classifier: dunwatch.Classifier, tmp_path: Path) -> None:
    rows = table(["a"] * 5, ["2026-10-01"] * 5, ABUSE)
    page = page_of(rows, classifier, tmp_path / "page.html", ReportColumns(None, None))
    assert "Over time" not in page
    assert "By sender" not in page
    assert "Strongest messages" in page


def test_a_page_of_nothing_can_be_written(classifier: dunwatch.Classifier, tmp_path: Path) -> None:
    page = page_of(table([], [], []), classifier, tmp_path / "page.html")
    assert "0 scored" in page
    assert "Strongest messages" not in page


def test_a_page_says_when_counts_are_lower_bounds(classifier: dunwatch.Classifier, tmp_path: Path) -> None:
    rows = table(["a"] * 5, ["2026-10-01"] * 5, ABUSE)
    added = classifier.columns(plain_batch(ABUSE))
    findings = found(rows, added)
    findings.senders.flagged.bound = findings.senders.messages.bound = 3
    write_page(findings, facts=facts_of(classifier, added), path=str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "lower bounds (≥), at most 3 too low" in page
    assert "≥ 5" in page


def test_a_long_message_is_cut_around_its_marks() -> None:
    text = "a" * 1_000 + "liar" + "b" * 100 + "scum" + "c" * 1_000
    spans = [Span("x", 0, 4, "aaaa", 0.2), Span("x", 1_000, 1_004, "liar", 0.3), Span("x", 1_104, 1_108, "scum", 0.1)]
    cut = excerpt(text, spans)
    assert [piece.text for piece in cut.pieces if piece.labels] == ["liar", "scum"]
    assert (cut.shown, cut.more_before, cut.more_behind) == (600, True, True)


def test_a_page_says_how_much_of_a_long_message_it_shows(classifier: dunwatch.Classifier, tmp_path: Path) -> None:
    page = page_of(table(["a"], ["2026-10-01"], [f"{ABUSE[1]}. " * 100]), classifier, tmp_path / "page.html")
    assert "600 of 6,200 characters; marked by its first 4,000" in page


def test_a_page_that_cannot_be_written_leaves_nothing(classifier: dunwatch.Classifier, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "page.html"):
        with pytest.raises(dunwatch.OutputError, match="cannot be written: "):
            page_of(table([], [], []), classifier, path)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_reasons_of_rejected_rows_beyond_some_are_drawn_together(classifier: dunwatch.Classifier, tmp_path: Path) -> None:
    added = classifier.columns(plain_batch([]))
    facts = replace(facts_of(classifier, added), rejected=90, reject_reasons={f"reason {n:02}": 3 for n in range(30)})
    write_page(found(table([], [], []), added), facts=facts, path=str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "reason 19" in page
    assert "reason 20" not in page
    assert "<td>other reasons</td><td>30</td>" in page


def test_counting_does_not_import_pandas() -> None:
    code = """
import sys, numpy as np, pyarrow as pa
from dunwatch.batch.findings import Findings, ReportColumns
from dunwatch.text import arrow_numbers, arrow_strings
one, score = arrow_strings(["flagged"]), arrow_numbers(np.ones(1, dtype=np.float32))
findings = Findings(("threat",), ReportColumns("s", "d"))
rows = pa.record_batch([one, arrow_strings(["2026-11-24"])], ["s", "d"])
findings.add(rows, pa.record_batch([one, score], ["threat", "threat_score"]), one, arrow_numbers(np.ones(1, dtype=np.int64)), "x")
assert findings.days.by_day and findings.senders.top(1)
print("pandas" in sys.modules, "jinja2" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

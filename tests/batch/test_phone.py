"""Backups of phones: every message is a row or a reject, whatever happened to the file."""

from __future__ import annotations

import gzip
import io
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwatch.batch.readers import backup, surrogates
from dunwatch.batch.readers.phone import PhoneSource
from dunwatch.batch.readers.source import ReadOptions
from dunwatch.batch.rows import Block, Reject
from dunwatch.errors import DunwatchError, MissingColumn, UnreadableInput

EXAMPLE = Path(__file__).resolve().parents[2] / "data" / "examples" / "phone-backup.xml"
HEADER = """<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>
<!--File Created By SMS Backup & Restore-->
<?xml-stylesheet type="text/xsl" href="sms.xsl"?>
<smses count="3" backup_set="x" backup_date="1">
"""
PICTURE = """<mms date="1772352930000" msg_box="2" address="17000000001~17000000002" contact_name="妈, (Unknown)">
<parts><part seq="-1" ct="application/smil" text="&lt;smil/&gt;"/><part seq="0" ct="image/png" text="null" data="iVBORw0KGgo="/>
<part seq="0" ct="text/plain" text="一"/><part seq="0" ct="text/plain; charset=utf-8" text="二"/></parts>
<addrs><addr address="insert-address-token" type="137" charset="106"/><addr address="17000000001" type="151"/>
<addr address="17000000002" type="130"/><addr address="17000000003" type="129"/></addrs></mms>
"""
GROUP = """<mms date="0" msg_box="1" address="17000000009~17000000008" contact_name="null">
<parts><part ct="image/png" data="AA"/></parts>
<addrs><addr address="17000000009" type="137"/><addr address="17000000008" type="151"/></addrs></mms>
"""
FOOTER = "</smses>\n"

Read = tuple[list[dict[str, Any]], list[Reject]]


def sms(text: str, **attributes: str) -> str:
    values = {
        "address": "17000000001",
        "date": "1772352930000",
        "type": "1",
        "body": text,
        "contact_name": "(Unknown)",
    } | attributes
    return "<sms " + " ".join(f'{name}="{value}"' for name, value in values.items()) + " />\n"


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def blocks_of(path: Path, **options: Any) -> list[Block]:
    with closing(PhoneSource(str(path), ReadOptions(**options))) as source:
        blocks = list(source.blocks())
        assert source.fraction() == 1
    return blocks


def read(path: Path, **options: Any) -> Read:
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    for block in blocks_of(path, **options):
        assert len(block.numbers) == len(block.rows)
        numbers = [number.as_py() for number in block.numbers]
        rows += [{"number": number, **row} for number, row in zip(numbers, block.rows.to_pylist(), strict=True)]
        rejects += block.rejects
    return rows, rejects


def texts(found: Read) -> list[str]:
    return [row["text"] for row in found[0]]


def test_every_field_of_a_message_is_kept(tmp_path: Path) -> None:
    source = write(tmp_path / "in.xml", HEADER + sms("a &lt;b&gt;&#10;c", contact_name="二姐") + PICTURE + GROUP + FOOTER)
    rows, rejects = read(source)
    assert rejects == []
    assert [list(row.values()) for row in rows] == [
        [1, "2026-03-01T08:15:30Z", "17000000001", "", "二姐", "received", "sms", "a <b>\nc"],
        [2, "2026-03-01T08:15:30Z", "", "17000000001|17000000002|17000000003", "妈", "sent", "mms", "一\n二"],
        [3, "1970-01-01T00:00:00Z", "17000000009", "17000000008", "", "received", "mms", ""],
    ]
    assert PhoneSource.schema.names == list(rows[0])[1:]


def test_the_subject_of_a_picture_message_is_part_of_its_text(tmp_path: Path) -> None:
    """A threat may stand there."""
    source = write(tmp_path / "in.xml", HEADER + PICTURE.replace("<mms ", '<mms sub="还钱" ') + FOOTER)
    assert texts(read(source)) == ["还钱\n一\n二"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"date": "1772352930123"}, {"date": "2026-03-01T08:15:30.123Z"}),
        ({"date": "-1"}, {"date": "1969-12-31T23:59:59.999Z"}),
        ({"date": "1 March"}, {"date": "1 March"}),
        ({"date": "9" * 18}, {"date": "9" * 18}),
        ({"date": "null"}, {"date": ""}),
        ({"type": "2"}, {"direction": "sent", "sender": "", "recipients": "17000000001"}),
        ({"type": "3"}, {"direction": "draft"}),
        ({"type": "4"}, {"direction": "outbox"}),
        ({"type": "5"}, {"direction": "failed"}),
        ({"type": "6"}, {"direction": "queued", "recipients": "17000000001"}),
        ({"type": "77"}, {"direction": "77", "sender": "17000000001"}),
        ({"body": "null", "address": "null"}, {"text": "", "sender": ""}),
    ],
)
def test_values_are_told_as_people_read_them(tmp_path: Path, attributes: dict[str, str], expected: dict[str, str]) -> None:
    (row,), _ = read(write(tmp_path / "in.xml", HEADER + sms("x", **attributes) + FOOTER))
    assert {name: row[name] for name in expected} == expected


def test_a_message_without_a_body_is_empty(tmp_path: Path) -> None:
    assert texts(read(write(tmp_path / "in.xml", HEADER + '<sms address="1"></sms>' + "<mms/>" + FOOTER))) == ["", ""]


def test_the_example_holds_what_it_says() -> None:
    rows, rejects = read(EXAMPLE)
    declared = re.search(r'count="(\d+)"', EXAMPLE.read_text("utf-8"))
    assert declared
    assert (len(rows), rejects) == (int(declared[1]), [])
    assert {row["direction"] for row in rows} == {"received", "sent", "draft"}
    assert any(row["text"].endswith("😀") for row in rows)
    assert [row["text"].count("\n") for row in rows if row["kind"] == "mms"] == [1]


REFERENCES = (
    ("&#55357;&#56832;", "😀"),
    ("&#xD83D;&#xde00;", "😀"),
    ("&#x0d83d;&#56832;", "😀"),
    ("&#55357;&#56832;&#55357;&#56833;", "😀😁"),
    ("&#55357;&#55357;&#56832;", "�😀"),
    ("&#55357;a&#56832;", "�a�"),
    ("&#55357;&#10;&#56832;", "�\n�"),
    ("&#0;&#11;&#xFFFE;&#x110000;&#9999999999;", "�����"),
    ("&#34;&#60;&#38;&#x27;&#9;&#128512;&#20320;", "\"<&'\t😀你"),
)


def test_halves_of_emoji_are_joined_wherever_a_block_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [f"{raw}{'x' * number}{raw}" for number, (raw, _) in enumerate(REFERENCES)]
    expected = [f"{whole}{'x' * number}{whole}" for number, (_, whole) in enumerate(REFERENCES)]
    source = write(tmp_path / "in.xml", HEADER + "".join(map(sms, bodies)) + FOOTER)
    assert read(source)[1] == []
    for size in range(1, 70):
        monkeypatch.setattr(surrogates, "BLOCK", size)
        assert texts(read(source)) == expected


def test_what_only_looks_like_a_reference_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"&#;&#x;& &amp;#55357; &#12345678901; &#X41; &#5535" + "你".encode() + b"&#55357;"
    for size in (1, 2, 3, 7, 1000):
        monkeypatch.setattr(surrogates, "BLOCK", size)
        assert b"".join(surrogates.joined(io.BytesIO(content))) == content.removesuffix(b"&#55357;") + "�".encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_any_encoding_whatever_the_declaration_says(tmp_path: Path, encoding: str) -> None:
    whole = HEADER + sms("再不还钱就爆你的通讯录，我们说到做到&#55357;&#56832;") + PICTURE + FOOTER
    found = texts(read(write(tmp_path / "in.xml", whole.replace("UTF-8", "UTF-16").encode(encoding))))
    assert found == ["再不还钱就爆你的通讯录，我们说到做到😀", "一\n二"]


def test_utf_16_taken_for_something_else_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "in.xml", (HEADER + sms("one") + FOOTER).encode("utf-16-le"))
    with pytest.raises(UnreadableInput, match=r"looks like UTF-16; name it with --encoding utf-16-le"):
        read(source, encoding="utf-8")
    assert texts(read(source, encoding="utf-16-le")) == ["one"]


def test_packed_backups_are_unpacked(tmp_path: Path) -> None:
    assert read(write(tmp_path / "in.xml.gz", gzip.compress(EXAMPLE.read_bytes())))[0] == read(EXAMPLE)[0]


def test_another_column_is_missing() -> None:
    with pytest.raises(MissingColumn, match=r"no column 'body'; columns are: date, sender, .*, text"):
        PhoneSource(str(EXAMPLE), ReadOptions(text="body"))
    assert read(EXAMPLE, text="text") == read(EXAMPLE)


LAUGHS = '<!DOCTYPE smses [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER.replace("<smses", LAUGHS + "<smses") + sms("&b;") + FOOTER, "holds a DTD, which has no place in a backup"),
        (HEADER.replace("<smses", '<!DOCTYPE smses SYSTEM "file:///etc/hostname"><smses') + FOOTER, "holds a DTD"),
        ('<?xml version="1.0"?><calls count="1"><call number="1" /></calls>', "holds calls, not messages"),
        ("<html><body/></html>", "holds <html>, not <smses>"),
        ("date,content\n1,hello\n", "not a backup of SMS Backup & Restore: not well-formed XML"),
        ("<?xml version='1.0'?>\n<!-- nothing -->", "the file breaks off here"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a backup"),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message) as caught:
        read(write(tmp_path / "in.xml", content))
    assert str(caught.value).startswith(str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("damaged", "reason", "content"),
    [
        (sms("bad").replace('body="', "body="), "not well-formed XML: invalid token", "<sms address=.*bad.* />"),
        (sms("bad").replace(" />", ">"), "a message that does not end", "<sms .*bad.*>"),
        (PICTURE.replace("</parts>", ""), "not well-formed XML: mismatched tag", "(?s)<mms .*</addrs></mms>"),
        (PICTURE.replace("</mms>", ""), "a message that does not end", "(?s)<mms .*</addrs>"),
        (PICTURE.replace("<part ", "part ", 1), "text outside of attributes", "(?s)<mms .*</mms>"),
        (sms("bad").replace("<sms", "<sxs"), "an element that is neither sms nor mms", "<sxs .*bad.* />"),
        (sms("bad")[1:], "text outside of attributes", "sms .*bad.* />"),
        (sms("&xxe;"), "not well-formed XML: undefined entity", "<sms .*&xxe;.* />"),
        (sms("bad").replace("<sms", "<!--<sms"), "a comment or instruction that does not end", "<!--"),
        (PICTURE.replace("</parts>", "<x>" * 9), "nested too deeply", "(?s)<mms .*</addrs></mms>"),
        ("</mms>", "not well-formed XML: mismatched tag", "</mms>"),
        ("<smses>\n", "an element that is neither sms nor mms", "<smses>"),
        ("<![CDATA[", "text outside of attributes", re.escape("<![CDATA[")),
        (FOOTER + HEADER, "not well-formed XML: junk after document element", "(?s)</smses>.*<smses .*>"),
    ],
)
def test_damage_costs_only_the_message_it_is_in(tmp_path: Path, damaged: str, reason: str, content: str) -> None:
    found = read(write(tmp_path / "in.xml", HEADER + PICTURE + damaged + sms("after") + FOOTER))
    assert texts(found)[:: len(found[0]) - 1] == ["一\n二", "after"]
    (reject,) = found[1]
    assert (reject.source, reject.row) == (str(tmp_path / "in.xml"), 2)
    assert reject.reason.startswith(reason)
    assert re.fullmatch(content, reject.content)
    assert [row["number"] for row in found[0]] == [1, *range(3, 2 + len(found[0]))]


def test_bytes_of_no_encoding_cost_only_their_message(tmp_path: Path) -> None:
    content = (HEADER + sms("one") + sms("bad!" * 9000) + sms("two") + FOOTER).encode().replace(b"bad!", b"\xff", 1)
    found = read(write(tmp_path / "in.xml", content))
    assert texts(found) == ["one", "two"]
    assert [reject.reason for reject in found[1]] == ["bytes that no encoding explains"]
    assert len(found[1][0].content) == 10_000


def test_a_damaged_header_costs_no_message(tmp_path: Path) -> None:
    for header in (HEADER.replace("?>", ">", 1), HEADER.replace('"x"', '"x'), "", "\n" + HEADER, HEADER.replace("-->", "")):
        found = read(write(tmp_path / "in.xml", header + sms("one") + sms("two") + FOOTER))
        assert texts(found) == ["one", "two"]
        assert [row["number"] for row in found[0]] == [1, 2]
        assert [reject.row for reject in found[1]] == [0]


def test_a_file_cut_off_anywhere_accounts_for_every_message_that_began(tmp_path: Path) -> None:
    whole = (HEADER + sms("one") + PICTURE + sms("two") + FOOTER).encode()
    for size in range(1, len(whole)):
        source = write(tmp_path / "in.xml", whole[:size])
        if size < len(HEADER.rstrip()):
            with pytest.raises(UnreadableInput):
                read(source)
            continue
        rows, rejects = read(source)
        ended = whole[:size].count(b" />") + whole[:size].count(b"</mms>")
        assert len(rows) == ended
        closed = b"</smses>" in whole[:size]
        assert [reject.reason for reject in rejects] == ["the file breaks off here"] * (not closed)
        assert [reject.row for reject in rejects] == [ended + 1] * (not closed)


MESSAGES = [sms("m0"), PICTURE.replace("一", "m1"), sms("m2 你好"), sms("m3&#55357;&#56832;"), PICTURE.replace("一", "m4")]
MESSAGES.append(sms("m5"))
WHOLE = (HEADER + "".join(MESSAGES) + FOOTER).encode()
STARTS = [WHOLE.index(message.encode()) for message in MESSAGES]
MARKUP = "< > /> \" ' & &# &#0; <!-- --> <? ?> <![CDATA[ ]]> <mms> </mms> </smses> <smses> <sms/> <x> </x> <parts> \0 \ufffe"
SNIPPETS = [*MARKUP.split(), "<sms ", "<mms ", "<?x ", "<!DOCTYPE x>", "<?xml version='1.0'?>", "<sms>x</sms>"]
BYTES = st.sampled_from([snippet.encode() for snippet in SNIPPETS]) | st.binary(max_size=12)
PLACES = st.integers(0, len(WHOLE))


def survivors(start: int, end: int) -> set[str]:
    """The messages that a change between two places leaves as they were."""
    ends = [begun + len(message.encode().rstrip()) for begun, message in zip(STARTS, MESSAGES, strict=True)]
    return {f"m{number}" for number, begun in enumerate(STARTS) if begun >= end or ends[number] <= start}


@settings(max_examples=300)
@given(PLACES, st.just(0) | st.just(1) | st.integers(0, 300), BYTES)
def test_a_damaged_stretch_leaves_messages_around_it(
    tmp_path_factory: pytest.TempPathFactory, place: int, length: int, new: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.xml"
    write(path, WHOLE[:place] + new + WHOLE[place + length :])
    try:
        found = read(path, encoding="utf-8")
    except UnreadableInput:
        assert place <= WHOLE.index(b"backup_set")
        return
    assert {text[:2] for text in texts(found)} >= survivors(place, place + length)
    numbers = [row["number"] for row in found[0]] + [reject.row for reject in found[1]]
    assert len(numbers) == len(set(numbers))


@settings(max_examples=300)
@given(st.lists(st.tuples(PLACES, st.integers(0, 4), BYTES), max_size=8), st.sampled_from([1, 5, 64, 1 << 16]), st.integers(1, 9))
def test_no_damage_raises_anything_unexpected(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, bytes]], piece: int, rows: int
) -> None:
    content = WHOLE
    for place, length, new in changes:
        content = content[:place] + new + content[place + length :]
    path = write(tmp_path_factory.getbasetemp() / "damaged.xml", content or b" ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "_FIRST_PIECE", piece)
        patch.setattr(backup, "_PIECE", piece)
        patch.setattr(surrogates, "BLOCK", piece)
        try:
            read(path, rows=rows)
        except DunwatchError:
            return


def test_pictures_are_dropped_and_too_long_messages_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = PICTURE.replace("iVBORw0KGgo=", "iVBORw0K" * (3 << 17))
    source = write(tmp_path / "in.xml", HEADER + sms("one") + large + sms("two") + FOOTER)
    assert texts(read(source)) == ["one", "一\n二", "two"]
    monkeypatch.setattr(backup, "_LONGEST", 1 << 20)
    rows, rejects = read(source)
    assert [row["text"] for row in rows] == ["one", "two"]
    assert [(reject.row, reject.reason, len(reject.content)) for reject in rejects] == [(2, "longer than 1 MB", 10_000)]


def test_many_messages_come_in_order_in_small_blocks(tmp_path: Path) -> None:
    blocks = blocks_of(write(tmp_path / "in.xml", HEADER + "".join(sms(f"m{n}") for n in range(20_000)) + FOOTER), rows=1000)
    assert [len(block.rows) for block in blocks] == [1000] * 20
    assert [row["text"] for block in blocks for row in block.rows.to_pylist()] == [f"m{n}" for n in range(20_000)]
    assert [block.numbers[0].as_py() for block in blocks] == list(range(1, 20_000, 1000))


def test_long_messages_make_short_blocks(tmp_path: Path) -> None:
    blocks = blocks_of(write(tmp_path / "in.xml", HEADER + sms("x" * 3_000_000) * 7 + FOOTER))
    assert [len(block.rows) for block in blocks] == [3, 3, 1]

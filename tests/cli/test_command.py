"""The installed command, as a user runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dunwatch
from dunwatch.model import models_folder

SECRET = "再不还钱就爆你通讯录, the secret word is xyzzy"


def run(*arguments: str, stdin: bytes = b"", cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    import os

    command = [str(Path(sys.executable).with_name("dunwatch")), *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, env={**os.environ, **env}, check=False)


def test_the_example_is_scored_and_summed_up(tmp_path: Path) -> None:
    output = tmp_path / "phone.csv"
    done = run("score", "data/examples/phone.csv", "-o", str(output), "--strongest", "3")
    shown = done.stderr.decode()
    assert done.returncode == 0, shown
    assert "29 messages" in shown
    assert f"written to {output}" in shown
    assert shown.count("\nrow ") == 3
    assert len(output.read_text("utf-8").splitlines()) > 29


def test_stdin_to_stdout_in_order() -> None:
    done = run("score", "-", "--output-format", "jsonl", "--quiet", stdin="弄死你\n\nsee you at 7\n".encode())
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["弄死你", "", "see you at 7"]
    assert done.stderr == b""


def test_json_lines_through_a_pipe() -> None:
    line = json.dumps({"id": 7, "text": "hi"}).encode()
    done = run("score", "-", "--format", "jsonl", "-q", stdin=line + b"\n")
    assert json.loads(done.stdout)["id"] == 7


def test_rejected_rows_make_status_1(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "hi"}\nbroken xyzzy\n')
    done = run("score", str(source), "-o", str(tmp_path / "out.jsonl"))
    assert done.returncode == 1
    assert b"1 rows rejected, see" in done.stderr
    assert b"xyzzy" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("score", "nowhere.csv", "-o", "x.csv"), "nowhere.csv: no such file"),
        (("score", "pyproject.toml", "-o", "x.csv"), "cannot tell the format"),
        (("score", "data/examples/phone.csv", "-o", "x.docx"), "cannot write 'docx'"),
        (("score", "data/examples/phone.csv", "-o", "/nowhere/x.csv"), "cannot be written"),
        (("score", "data/examples/phone.csv", "--text", "words"), "columns are: date, sender, content"),
        (("model", "verify", "1999.1.1"), "no such model folder"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("dunwatch: ")
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_damaged_model_is_status_2(tmp_path: Path) -> None:
    shutil.copytree(models_folder(), tmp_path / "models")
    version = (tmp_path / "models" / "current").read_text().strip()
    (tmp_path / "models" / version / "MODEL_CARD.md").write_text("changed")
    done = run("score", "-", stdin=b"hi\n", DUNWATCH_MODELS=str(tmp_path / "models"))
    assert done.returncode == 2
    assert b"MODEL_CARD.md: differs from what the manifest says" in done.stderr


def test_no_message_text_reaches_stderr_unasked(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f'text\n"{SECRET}"\n', "utf-8")
    done = run("score", str(source), "-o", str(tmp_path / "out.csv"))
    assert done.returncode == 0
    assert b"xyzzy" not in done.stderr


def test_explain_marks_spans_and_names_rules() -> None:
    done = run("explain", SECRET + "，今晚上门弄死你全家，你个骗子")
    shown = done.stdout.decode()
    assert "verdict: " in shown
    assert "Article" in shown
    assert "]" in shown


def test_model_commands() -> None:
    version = dunwatch.load().version
    assert f"* {version}" in run("model", "list").stdout.decode()
    assert f"version {version} is whole" in run("model", "verify").stdout.decode()
    assert "flagged from" in run("model", "show").stdout.decode()


def test_version_and_help() -> None:
    assert run("--version").stdout.decode().strip() == f"dunwatch {dunwatch.__version__}"
    shown = run("--help").stdout.decode()
    assert "score" in shown
    assert "train" in shown


def test_a_missing_extra_names_itself(tmp_path: Path) -> None:
    """As on a machine without scikit-learn."""
    (tmp_path / "sklearn.py").write_text("raise ModuleNotFoundError(\"No module named 'sklearn'\", name='sklearn')\n")
    done = run("train", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "pip install 'dunwatch[train]'" in done.stderr.decode()

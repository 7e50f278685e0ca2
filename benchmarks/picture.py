"""Draws ``docs/explain.svg``, the picture in the README, from what ``dunwatch explain`` really prints."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import MONOKAI

import dunwatch
from dunwatch.cli.report import print_verdict

_TEXT = re.compile(r'(?P<before><text[^>]*)textLength="(?P<length>[0-9.]+)"(?P<after>[^>]*>)(?P<text>[^<]*)<')
_MESSAGE = "wei星定位已启动，外勤20人今晚到你家，定位费你出；再装死就把照片群发给你通讯录所有人，骗子"
# rich's own frame loads a font from the web; this one uses what the reader has.
_FRAME = """<svg viewBox="-12 -12 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}</style>
<defs>{lines}</defs>
<rect x="-12" y="-12" width="{width}" height="{height}" rx="8" fill="#0c0c0c"/>
<g>{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def main(path: Path = Path("docs/explain.svg")) -> None:
    """Write the picture."""
    console = Console(record=True, width=104, file=io.StringIO(), force_terminal=True)
    print_verdict(_MESSAGE, dunwatch.load().classify(_MESSAGE), console)
    path.parent.mkdir(exist_ok=True)
    drawn = console.export_svg(theme=MONOKAI, code_format=_FRAME, unique_id="dunwatch")
    path.write_text(_TEXT.sub(_wide, drawn), encoding="utf-8")


def _wide(match: re.Match[str]) -> str:
    """A piece of text with the length its cells need: rich counts characters, but Chinese ones are two cells wide."""
    text = html.unescape(match["text"])
    length = float(match["length"]) * cell_len(text) / max(len(text), 1)
    return f'{match["before"]}textLength="{length:.1f}"{match["after"]}{match["text"]}<'


if __name__ == "__main__":
    main()

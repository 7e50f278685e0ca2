"""Draws ``docs/explain.svg``, the picture in the README, from what ``dunwatch explain`` really prints."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

import dunwatch
from dunwatch.cli.report import print_verdict

_MESSAGE = "wei星定位已启动，外勤20人今晚到你家，定位费你出；再装死就把照片群发给你通讯录所有人，骗子"
# rich's own frame loads a font from the web; this one uses what the reader has.
_FRAME = """<svg viewBox="0 0 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg">
<style>.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
<rect width="100%" height="100%" rx="8" fill="#0c0c0c"/>
<g transform="translate(10, 10)" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def main(path: Path = Path("docs/explain.svg")) -> None:
    """Write the picture."""
    console = Console(record=True, width=104, file=io.StringIO(), force_terminal=True)
    print_verdict(_MESSAGE, dunwatch.load().classify(_MESSAGE), console)
    path.parent.mkdir(exist_ok=True)
    path.write_text(console.export_svg(theme=MONOKAI, code_format=_FRAME, unique_id="dunwatch"), encoding="utf-8")


if __name__ == "__main__":
    main()

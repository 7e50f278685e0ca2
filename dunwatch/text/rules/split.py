"""Words taken apart: “卫 星 定 位”, “卫*星”, “k.i.l.l”."""

from __future__ import annotations

import re

from dunwatch.text.edits import Edit

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
LOOSE = " .,-_/\\|~*+^·•、"
STARS = "*^_|•●★☆✱"
_LOOSE, _STAR = re.escape(LOOSE), re.escape(STARS)

# Three or more single characters, each kept apart from the next.
_HAN_SERIES = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:[{_LOOSE}]{{1,3}}[{_HAN}]){{2,}}(?![{_HAN}])")
# A lone star between two characters.
_HAN_STARRED = re.compile(rf"(?<=[{_HAN}])[{_STAR}]{{1,3}}(?=[{_HAN}])")
_LATIN_SERIES = re.compile(r"(?<!\w)(?<!\w['’])[a-z]([ .\-_*])[a-z](?:\1[a-z])+(?!\w)")
_NOT_HAN = re.compile(rf"[^{_HAN}]+")
_NOT_LATIN = re.compile(r"[^a-z]+")


def undo(text: str) -> list[Edit]:
    """Drop the separators inside words taken apart."""
    edits: list[Edit] = []
    for series, separators in ((_HAN_SERIES, _NOT_HAN), (_LATIN_SERIES, _NOT_LATIN)):
        for match in series.finditer(text):
            gaps = separators.finditer(text, match.start(), match.end())
            edits += [Edit(gap.start(), gap.end(), "", "split") for gap in gaps]
    known = {edit.start for edit in edits}
    edits += [Edit(m.start(), m.end(), "", "split") for m in _HAN_STARRED.finditer(text) if m.start() not in known]
    return sorted(edits, key=lambda edit: edit.start)

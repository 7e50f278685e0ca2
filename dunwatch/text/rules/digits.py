"""Digits read aloud: 4 sounds like 死, 174 like 一起死, 7456 like 气死我了."""

from __future__ import annotations

import re

from dunwatch.text.edits import Edit

_MEASURE = "0-9.:%年月日号天个楼万千百点期次人分块元家条份张周名位星折点成岁层栋级线路倍pshk"
BEFORE, AFTER = "去找弄打整逼该作还欠借", "全光妈爹绝路得到无"
"""Characters beside which a lone digit is read aloud."""

_ALONE = r"(?<![0-9.])"

_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"{_ALONE}4(?=全家|光你|光全|妈|爹|绝|路一条|得难看|得很惨|到临头|无全尸)"), "死"),
    (re.compile(rf"(?<=[去找弄打整逼该作]){_ALONE}4(?![{_MEASURE}])"), "死"),
    (re.compile(rf"{_ALONE}174(?![{_MEASURE}])(?=\W|$|[\u4e00-\u9fff])"), "一起死"),
    (re.compile(rf"{_ALONE}7456(?![{_MEASURE}])"), "气死我了"),
    (re.compile(rf"{_ALONE}94(?=是|你|要|不)"), "就"),
    (re.compile(r"(?<=[还欠借])7(?=[吧啊呀了吗!?,。]|$)"), "钱"),
    (re.compile(r"(?<![0-9a-z])2b(?![0-9a-z])"), "二逼"),
)

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def undo(text: str) -> list[Edit]:
    """Write out digits that stand for words of the same sound, in messages that hold Chinese at all."""
    if not _HAN.search(text):
        return []
    edits: list[Edit] = []
    for pattern, word in _SOUNDS:
        edits += [Edit(match.start(), match.end(), word, "digits") for match in pattern.finditer(text)]
    return sorted(edits, key=lambda edit: edit.start)

"""Emoji that stand in for a word inside a sentence: “送你全家⚰️花圈”, “📞your boss”.

An emoji behind a sentence is decoration and stays what it is.
"""

from __future__ import annotations

import re

from dunwatch.text.edits import Edit

WORDS: dict[str, tuple[str, str]] = {
    "🔪": ("刀", "knife"),
    "🗡": ("刀", "knife"),
    "🔫": ("枪", "gun"),
    "💣": ("炸弹", "bomb"),
    "⚰": ("棺材", "coffin"),
    "🪦": ("墓碑", "grave"),
    "⚱": ("骨灰", "urn"),
    "💀": ("死", "dead"),
    "☠": ("死", "dead"),
    "🩸": ("血", "blood"),
    "🔥": ("火", "fire"),
    "🛰": ("卫星", "satellite"),
    "📡": ("卫星", "satellite"),
    "📍": ("定位", "location"),
    "📌": ("定位", "location"),
    "📞": ("电话", "call"),
    "☎": ("电话", "call"),
    "📱": ("手机", "phone"),
    "💰": ("钱", "money"),
    "💵": ("钱", "money"),
    "💴": ("钱", "money"),
    "💸": ("钱", "money"),
    "🏠": ("家", "home"),
    "🏡": ("家", "home"),
    "🚪": ("门", "door"),
    "🏢": ("公司", "office"),
    "🏫": ("学校", "school"),
    "🚗": ("车", "car"),
    "🚓": ("警车", "police"),
    "🚔": ("警车", "police"),
    "👮": ("警察", "police"),
    "⚖": ("法院", "court"),
    "👊": ("打", "hit"),
    "🐶": ("狗", "dog"),
    "🐕": ("狗", "dog"),
    "🐷": ("猪", "pig"),
    "🐖": ("猪", "pig"),
    "🐭": ("老鼠", "rat"),
    "🐀": ("老鼠", "rat"),
    "🐴": ("马", "horse"),
    "🐢": ("龟", "turtle"),
    "🐍": ("蛇", "snake"),
    "🗑": ("垃圾", "trash"),
    "💩": ("屎", "shit"),
    "👩": ("妈", "mother"),
    "👨": ("爸", "father"),
    "👶": ("孩子", "baby"),
    "👧": ("女儿", "daughter"),
    "👵": ("奶奶", "grandma"),
    "👴": ("爷爷", "grandpa"),
}

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_ONE = "[" + "".join(WORDS) + "]"
_STAND_IN = re.compile(rf"{_ONE}(?=[{_HAN}a-z])|(?<=[{_HAN}a-z]){_ONE}(?=(?:{_ONE})+[{_HAN}a-z])")
_IS_HAN = re.compile(f"[{_HAN}]")


def undo(text: str) -> list[Edit]:
    """Write emoji that stand in for words as words, in the language around them."""
    return [Edit(m.start(), m.end(), _spelled(text, m.start()), "emoji") for m in _STAND_IN.finditer(text)]


def _spelled(text: str, at: int) -> str:
    before, after = text[max(at - 1, 0) : at], text[at + 1]
    chinese, english = WORDS[text[at]]
    if _IS_HAN.match(after) or (after in WORDS and _IS_HAN.match(before)):
        return chinese
    lead = " " if before.isalnum() else ""
    return f"{lead}{english} "

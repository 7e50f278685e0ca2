"""Disguises of Chinese words. Each function disguises one word, or gives it back as it was where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random

from dunwatch_train.corpus import DATA
from dunwatch_train.disguise.side import Side, pick

_DIGITS = {
    "死": "4",
    "事": "4",
    "我": "5",
    "无": "5",
    "气": "7",
    "妻": "7",
    "钱": "7",
    "就": "9",
    "救": "9",
    "爱": "2",
    "二": "2",
}
_DIGITS |= {
    "一": "1",
    "要": "1",
    "是": "4",
    "吧": "8",
    "爸": "8",
    "不": "8",
    "起": "7",
    "你": "0",
    "零": "0",
    "溜": "6",
    "里": "1",
}


def homophones(word: str, side: Side, rng: Random) -> str:
    """Every character as another common one of the same syllable."""
    return _each(word, lambda char: pick(_same_sound(char), side, rng))


def pinyin(word: str, side: Side, rng: Random) -> str:
    """One character, or all, spelled in Latin letters."""
    spelled = [_syllables().get(char, char) for char in word]
    if side is Side.ATTACK and rng.random() < 0.5:
        return "".join(spelled)
    place = rng.randrange(len(word))
    return word[:place] + spelled[place] + word[place + 1 :]


def initials(word: str, side: Side, rng: Random) -> str:
    """The first letters of all syllables: 通讯录 as txl, or TXL by the other side."""
    letters = "".join(_syllables().get(char, char)[0] for char in word)
    return letters.upper() if side is Side.ATTACK and rng.random() < 0.5 else letters


def components(word: str, side: Side, rng: Random) -> str:
    """Characters taken apart: 债 as 亻责."""
    return _each(word, lambda char: pick(_table("components.tsv").get(char, ()), side, rng))


def variants(word: str, side: Side, rng: Random) -> str:
    """Characters as rare ones that look or sound like them: 定位 as 萣莅."""
    return _each(word, lambda char: pick(_table("variants.tsv").get(char, ()), side, rng))


def traditional(word: str, side: Side, _: Random) -> str:
    """Traditional characters, of Hong Kong or of Taiwan by side."""
    return _converter("s2hk" if side is Side.ATTACK else "s2tw")(word)


def digits(word: str, _side: Side, _: Random) -> str:
    """Characters as digits of the same sound, alike on both sides: there are only ten."""
    return _each(word, lambda char: _DIGITS.get(char))


def _each(word: str, substitute: Callable[[str], str | None]) -> str:
    return "".join(substitute(char) or char for char in word)


@cache
def _converter(name: str) -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC(name).convert
    return convert


@cache
def _syllables() -> Mapping[str, str]:
    """Toneless pinyin of the 3,755 common characters (level 1 of GB 2312)."""
    from pypinyin import Style, pinyin

    found = {}
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            char = bytes((row, cell)).decode("gb2312", errors="ignore")
            if char:
                found[char] = pinyin(char, style=Style.NORMAL, errors="ignore")[0][0]
    return found


@cache
def _same_sound(char: str) -> Sequence[str]:
    sound = _syllables().get(char)
    return [other for other, syllable in _syllables().items() if syllable == sound and other != char] if sound else ()


@cache
def _table(name: str) -> Mapping[str, Sequence[str]]:
    """Substitutes by character from a table of two columns."""
    found: dict[str, list[str]] = {}
    for line in (DATA / "disguise" / name).read_text(encoding="utf-8").splitlines():
        char, substitute = line.split("\t")
        if char != substitute:
            found.setdefault(char, []).append(substitute)
    return found

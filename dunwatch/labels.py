"""The labels: what each means and which rules it breaks. The one place to add a label.

Sources of the rules:

* Convention: Internet Finance Overdue Debt Collection Self-discipline Convention (trial), National Internet Finance
  Association of China, 29 March 2018 (互联网金融逾期债务催收自律公约(试行)).
* FDCPA: Fair Debt Collection Practices Act, 15 U.S.C. §1692–1692p.
* Reg F: Debt Collection Practices, 12 CFR part 1006.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One provision a label breaks, and why it applies (one line)."""

    source: str
    article: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source} {self.article}"


@dataclass(frozen=True, slots=True)
class Label:
    """A kind of abuse: stable ``id``, names for people, definition and rules."""

    id: str
    name_zh: str
    name_en: str
    definition: str
    rules: tuple[Rule, ...]


_CONVENTION = "Convention 2018"
_FDCPA = "FDCPA"
_REG_F = "Reg F"

LABELS: tuple[Label, ...] = (
    Label(
        "threat",
        "恐吓、威胁",
        "Threat",
        "States or implies an unlawful, violent, degrading or deliberately vague consequence for the reader, their family, "
        "property, freedom, work or reputation unless they pay or answer.",
        (
            Rule(_CONVENTION, "Article 16", "collection must be civil and must not intimidate or threaten"),
            Rule(_CONVENTION, "Article 22", "violence, restraint and trespass are forbidden on site, so also announcing them"),
            Rule(
                _FDCPA, "15 U.S.C. §1692d(1)", "threat of violence or other criminal means against person, reputation or property"
            ),
            Rule(_FDCPA, "15 U.S.C. §1692e(4), (5)", "threat of arrest or of action that is unlawful or not intended"),
            Rule(_REG_F, "12 CFR 1006.14(c)(1)", "threat of violence or other criminal means is harassment"),
        ),
    ),
    Label(
        "insult",
        "侮辱、谩骂",
        "Insult",
        "Profanity, curses, degrading names or contempt aimed at the reader, their family or the debtor spoken of.",
        (
            Rule(_CONVENTION, "Article 16", "language must be civil: no insults, no abuse"),
            Rule(_FDCPA, "15 U.S.C. §1692d(2)", "obscene, profane or abusive language"),
            Rule(_REG_F, "12 CFR 1006.14(c)(2)", "obscene, profane or abusive language is harassment"),
        ),
    ),
    Label(
        "third_party_disclosure",
        "向第三方泄露债务",
        "Third-party disclosure",
        "Reveals a debt, overdue or default to someone other than the debtor, or claims or threatens to.",
        (
            Rule(_CONVENTION, "Article 13", "persons who do not owe the debt must not be harassed over it"),
            Rule(_CONVENTION, "Article 18", "the debt must not be disclosed to others"),
            Rule(_FDCPA, "15 U.S.C. §1692c(b)", "no communication about a debt with third parties"),
            Rule(_REG_F, "12 CFR 1006.6(d)(1)", "no communication about a debt with third parties"),
        ),
    ),
    Label(
        "satellite_positioning",
        "虚假卫星定位",
        "Fake satellite positioning",
        "Claims that the reader or debtor is located or tracked by satellite, base station, phone, IP or the like as a means of "
        "collection, or announces a fee for it.",
        (
            Rule(_CONVENTION, "Article 16", "invented tracking intimidates"),
            Rule(_FDCPA, "15 U.S.C. §1692e(10)", "false representation or deceptive means to collect"),
            Rule(_FDCPA, "15 U.S.C. §1692f(1)", "a positioning fee is not authorised by the agreement or by law"),
            Rule(_REG_F, "12 CFR 1006.18(d)", "false representation or deceptive means to collect"),
        ),
    ),
    Label(
        "false_authority",
        "冒充公权、虚构公务",
        "False authority",
        "Poses as, or claims to act for, police, court, prosecutor, government or arbitration body, or invents an official "
        "process.",
        (
            Rule(_CONVENTION, "Article 16", "posing as an authority intimidates"),
            Rule(_FDCPA, "15 U.S.C. §1692e(1), (2), (13)", "false link to government, false legal status, false legal process"),
            Rule(_REG_F, "12 CFR 1006.18(b)", "false representation of government link or legal process"),
        ),
    ),
)

LABEL_IDS: tuple[str, ...] = tuple(label.id for label in LABELS)


def label(label_id: str) -> Label:
    """The label with this id. Raises ``KeyError`` for an unknown one."""
    for candidate in LABELS:
        if candidate.id == label_id:
            return candidate
    raise KeyError(label_id)

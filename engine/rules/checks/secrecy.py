"""SZ1-3, BS-11: no classified matter enters the ledger.

A level word is a marking, and not the ordinary word inside a sentence (保守国家秘密, 商业秘密), where it stands the way
documents are marked (blanks between its letters, as in print, do not matter):

- beside a star: 机密★1年, 秘密★, 绝密*长期, ★机密;
- alone in brackets: （秘密）, [机密], 【绝密】, also （机密级） and （秘密件）;
- after 密级: 密级：机密, 密级 机密, or at the end of a clause 密级为秘密 (but not 密级为秘密的文件);
- alone between the ends of a line and blanks: a line “机密”, “机密　朔政发〔2026〕3号”, “……实施方案 秘密”;
- at the head of a line before a colon or the bracket of a document's number: 机密：……, 秘密〔2026〕3号.

In quotation marks, in a list (绝密、机密、秘密) or within a sentence it is a word. When in doubt a sentence with blanks
around the word counts as marked: a person checks, and closes the blank.
"""

import re
from functools import cache

from engine.rules.checks.row import Findings, Row

_TEXTS = ("content", "requirement", "note", "source_number")
_BLANK = r"[^\S\n]"
_STARS = "★☆*＊⭐"
_OPEN, _CLOSE = "（(【[〔［<＜〈", "）)】]〕］>＞〉"


@cache
def _markings(words: tuple[str, ...]) -> re.Pattern[str]:
    spaced = (f"{_BLANK}*".join(map(re.escape, word)) for word in words)
    word = f"(?:{'|'.join(spaced)})(?:级|件)?"
    start, end = rf"(?:(?<![^\n])|(?<={_BLANK}))", r"(?=\s|$)"
    forms = (
        rf"{word}{_BLANK}*[{_STARS}](?:{_BLANK}*(?:长期|\d+{_BLANK}*(?:年|个?月|日|天)))?",
        rf"[{_STARS}]{_BLANK}*{word}",
        rf"[{re.escape(_OPEN)}]{_BLANK}*{word}{_BLANK}*[{re.escape(_CLOSE)}]",
        rf"密{_BLANK}*级(?:{_BLANK}*[:：]|{_BLANK}){_BLANK}*{word}",
        rf"密{_BLANK}*级[为是]{_BLANK}*{word}(?=$|[\s,，。.;；)）])",
        rf"{start}{word}{end}",
        rf"(?<![^\n]){_BLANK}*{word}{_BLANK}*(?=[:：〔［\[（(])",
    )
    return re.compile("|".join(forms))


@cache
def _last_letters(words: tuple[str, ...]) -> frozenset[str]:
    """Without one of these no text can bear a marking."""
    return frozenset(word[-1] for word in words)


def marking(text: str, words: tuple[str, ...]) -> str:
    """The first marking in a text, as it stands there; empty where there is none."""
    found = _markings(words).search(text)
    return found[0].strip() if found else ""


def nothing_classified(row: Row) -> Findings:
    """SZ1-3, BS-11: 密级 is empty or 非密, and no text of the row bears a marking."""
    rules, matter = row.policy.initiation, row.matter
    remedy = "确属涉密的请删除本行，按保密规定另行办理；"
    if matter.secrecy not in rules.secrecy_allowed:
        yield row.error(
            "secrecy",
            "classified_level",
            row.clause("initiation.secrecy_allowed"),
            f"密级填的是“{matter.secrecy}”，涉密事项严禁录入。",
            f"{remedy}不涉密的请把密级改为“非密”。",
        )
    texts = (matter.content, matter.requirement, matter.note, matter.source_number)
    letters = _last_letters(rules.secrecy_marks)
    if not any(letter in text for letter in letters for text in texts):
        return
    for field, text in zip(_TEXTS, texts, strict=True):
        found = marking(text, rules.secrecy_marks)
        if found:
            yield row.error(
                field,
                "classified_marking",
                row.clause("initiation.secrecy_marks"),
                f"文中有密级标志“{found}”，涉密事项严禁录入。",
                f"{remedy}不涉密的请去掉这个标志。",
            )

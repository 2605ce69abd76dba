"""Reading one cell as a text, a number, a phone number or a word of a list. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import phonenumbers

from engine.facts.moment import as_written
from engine.ledger.package.text_folding import clean_line, clean_text, fold, key_of, shown
from engine.ledger.reading.cell_problem import CellProblem, hint
from engine.ledger.reading.moments import is_nothing
from engine.ledger.reading.sheet_cells import Cell

ERROR_WORDS = frozenset(
    (
        *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
        *("#FIELD!", "#BLOCKED!", "#BUSY!", "#CONNECT!", "#UNKNOWN!", "#PYTHON!", "#EXTERNAL!"),
    )
)
_FORMULA_SIGNS = ("=", "+", "-", "@")
_MEASURES = re.compile(r"^(?:第)?([+-]?[\d,]+(?:\.\d+)?)\s*(?:次|个|项|天|日|小时|年|度|年度|分|条|份|人)?$")
_NAME_BREAKS = re.compile(r"[、,，;；\n\r|]")
_PHONE_NOISE = re.compile(r"[\s\-()·.]")
_MANTISSA = re.compile(r"(\d(?:\.\d+)?)E\+?(\d+)", re.IGNORECASE)
_LONGEST_NUMBER = 200
_MATTER_NUMBER = re.compile(r"\d{4}-\D+-\d+")
_MOBILE_REMEDY = "请填一个11位手机号。"


def error_value(value: Cell) -> CellProblem | None:
    """What is wrong with a cell that shows an Excel error; ``None`` for any other cell."""
    if isinstance(value, str) and value.startswith("#") and value in ERROR_WORDS:
        return CellProblem("error_value", f"单元格显示错误值 {value}。", "请改正公式，或直接填写内容。")
    return None


def plain_text(value: Cell) -> str:
    """Any cell as the text that a person sees in it, uncleaned."""
    match value:
        case None:
            return ""
        case str():
            return value
        case datetime():
            return as_written(value)
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return str(value)
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
    return str(value)


def read_text(value: Cell) -> str | CellProblem:
    """A text that may hold line breaks; what looks like a formula but is text is kept, with a hint."""
    return _unless_formula(clean_text(value) if isinstance(value, str) else plain_text(value))


def read_line(value: Cell) -> str | CellProblem:
    """A text on one line: a name, a document number."""
    return _unless_formula(clean_line(value) if isinstance(value, str) else plain_text(value))


def _unless_formula(text: str) -> str | CellProblem:
    if text.startswith(_FORMULA_SIGNS) and not is_nothing(text):
        return hint(
            "formula_like_text",
            f"“{shown(text)}”以“{text[0]}”开头，是文本，不会当作公式计算。",
            "如无必要，请去掉开头的符号。",
            text,
        )
    return text


def read_key(value: Cell) -> str:
    """The number of a matter or of a record (事项编号), in its one spelling."""
    return key_of(plain_text(value))


def read_matter_number(value: Cell) -> str | CellProblem:
    """The number of a matter as the program gives it (2026-日-0001). Anything else would stand in an SMS."""
    number = read_key(value)
    if not number or _MATTER_NUMBER.fullmatch(number):
        return number
    problem = f"“{shown(plain_text(value))}”不是事项编号，这一行不提醒。"
    remedy = "事项编号由程序编。请清空这一格，再点“编号盖时限”。"
    return CellProblem("number_foreign", problem, remedy, "")


def read_names(value: Cell) -> tuple[str, ...]:
    """Several names in one cell, by 、 or comma, semicolon, line break; each once, in the order written."""
    pieces = (clean_line(piece) for piece in _NAME_BREAKS.split(plain_text(value)))
    return tuple(dict.fromkeys(piece for piece in pieces if not is_nothing(piece)))


def read_number(value: Cell) -> float | CellProblem | None:
    """A number, also one typed as text, in full width, or with its measure word (3次)."""
    if isinstance(value, (int, float)):
        return value
    text = key_of(plain_text(value))
    if is_nothing(text):
        return None
    found = _MEASURES.match(text)
    if not found or isinstance(value, (date, time, timedelta)):
        return CellProblem("number_unreadable", f"“{shown(value)}”不是数字。", "请只填阿拉伯数字。")
    try:
        return float(found[1].replace(",", ""))
    except ValueError:
        return CellProblem("number_unreadable", f"“{shown(value)}”不是数字。", "请只填阿拉伯数字。")


def read_integer(value: Cell) -> int | CellProblem | None:
    """A whole number from 0."""
    found = read_number(value)
    if found is None or isinstance(found, CellProblem):
        return found
    if not 0 <= found < 1e9 or found != int(found):
        return CellProblem(
            "number_unreadable", f"“{shown(plain_text(value))}”不是0或正整数。", "请填0、1、2这样的整数。"
        )
    return int(found)


def read_choice(value: Cell, words: Mapping[str, Any]) -> Any:
    """The meaning of a word of a list; ``words`` are by their ``key_of`` spelling. ``None`` for an empty cell."""
    text = key_of(plain_text(value))
    if text in words:
        return words[text]
    if is_nothing(text):
        return None
    spelt: dict[Any, str] = {}
    for word, meaning in words.items():
        spelt.setdefault(meaning, word)  # another spelling of a word is accepted, but not offered
    offer = "、".join(spelt.values())
    return CellProblem("unknown_word", f"“{shown(plain_text(value))}”不在可选范围内。", f"请从下拉列表中选：{offer}。")


def read_mobile(value: Cell) -> str | CellProblem | None:
    """A Chinese mobile number as E.164. Nothing here quotes a number in full."""
    text = fold(clean_line(plain_text(value))[:_LONGEST_NUMBER])
    if is_nothing(text):
        return None
    if exponent := _MANTISSA.fullmatch(text):
        digits = exponent[1].replace(".", "")
        if len(digits) != int(exponent[2]) + 1:
            return CellProblem(
                "mobile_truncated",
                "手机号成了科学计数，后几位已丢失。",
                f"请先把单元格设为文本格式，再重填。{_MOBILE_REMEDY}",
            )
        text = digits
    return _mobile(_PHONE_NOISE.sub("", text.removesuffix(".0")))


@lru_cache(maxsize=8192)
def _mobile(text: str) -> str | CellProblem:
    """Looked up once per number: the numbering plan takes longer than a whole row."""
    if not text.lstrip("+").isdigit():
        return CellProblem("mobile_unreadable", "这不是手机号，或一格里填了几个号码。", _MOBILE_REMEDY)
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        number = None
    kind = phonenumbers.number_type(number) if number and number.country_code == 86 else None
    if number and kind == phonenumbers.PhoneNumberType.MOBILE:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if kind == phonenumbers.PhoneNumberType.FIXED_LINE:
        return CellProblem("mobile_landline", "这是固定电话，收不到短信。", _MOBILE_REMEDY)
    return CellProblem("mobile_unreadable", "这不是有效的手机号。", _MOBILE_REMEDY)

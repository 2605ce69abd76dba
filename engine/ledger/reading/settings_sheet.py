"""参数设置 as Settings. A value that cannot be understood never enables sending: 短信发送 then counts as 停."""

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

from engine.facts.finding import Finding, Place, Severity, error, hint
from engine.facts.kinds import SmsSwitch
from engine.facts.settings import EarlierPolicy, Settings
from engine.ledger.headings.columns import HIGH_WATER_PREFIX, PIN_KEYS, SETTING_KEYS
from engine.ledger.package.text_folding import key_of, shown
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.date_words import Yearless
from engine.ledger.reading.formulas import Formula
from engine.ledger.reading.moments import read_moment
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.sheet_table import SheetTable
from engine.ledger.reading.values import (
    error_value,
    plain_text,
    read_choice,
    read_integer,
    read_key,
    read_line,
    read_mobile,
)

_FIELDS = {key_of(key): field for key, (field, _) in (*SETTING_KEYS.items(), *PIN_KEYS.items())}
_HIGH_WATER = re.compile(re.escape(HIGH_WATER_PREFIX) + r"(\D\d{4})")
_EARLIER = re.compile(r"(.+)至(\d{4}-\d\d-\d\d)")
_WORDS: dict[str, dict[str, Any]] = {
    "sms": {switch.value: switch for switch in SmsSwitch},
    "quiet_hours": {"开": True, "关": False, "是": True, "否": False},
    "demonstration": {"是": True, "否": False},
}
_GUARDS = frozenset(
    (
        "regime",
        "policy_fingerprint",
        "earlier_policies",
        "sms",
        "enabled_from",
        "demonstration",
        "ledger_id",
        "host",
        "journal_id",
    )
)


def read_settings(table: SheetTable) -> tuple[Settings, list[Finding]]:
    """The known keys, typed. An unreadable value leaves the default; where SMS depend on it, they are switched off."""
    findings = list(table.findings)
    values: dict[str, Any] = {}
    high_water: dict[str, Any] = {}
    seen: dict[str, Cell] = {}
    safe = True
    for index, (key, value) in enumerate(zip(table.columns["key"], table.columns["value"], strict=True)):
        name = key_of(plain_text(key))
        place = table.place(index, "value")
        if name in seen and seen[name] != value:
            problem = f"参数“{shown(name)}”设了两次，而且不一样。"
            findings.append(error(place, "setting_doubled", "", problem, "请只留一行。"))
            safe = safe and _FIELDS.get(name) not in _GUARDS
        if name in seen or not name:
            continue
        seen[name] = value
        field = _FIELDS.get(name)
        parsed = _formula(table, index) or error_value(value) or _parse(field, name, value, table.date1904)
        if isinstance(parsed, CellProblem):
            findings.append(Finding(place, parsed.rule, "", parsed.severity, parsed.problem, parsed.remedy))
            safe = safe and not (parsed.severity is Severity.ERROR and field in _GUARDS)
            parsed = True if field == "demonstration" else parsed.value
        if field and parsed is not None:
            values[field] = parsed
        elif (mark := _HIGH_WATER.fullmatch(name)) and parsed is not None:
            high_water[mark[1]] = parsed
    return _settings(values, high_water, safe, table, findings)


def _settings(
    values: dict[str, Any], high_water: dict[str, int], safe: bool, table: SheetTable, findings: list[Finding]
) -> tuple[Settings, list[Finding]]:
    place = Place(table.sheet.key, None, "value")
    if values.get("sms") is SmsSwitch.TRIAL and not values.get("trial_mobile"):
        problem = "短信发送为“试运行”，却没有可用的试运行号码。"
        findings.append(error(place, "trial_without_mobile", "", problem, "请填好试运行号码。"))
        safe = False
    if not safe:
        values["sms"] = SmsSwitch.OFF
        problem = "参数设置有误，本次按短信发送“停”处理。"
        findings.append(hint(place, "sms_switched_off", "", problem, "请按上面的提示改正参数设置。"))
    known = {field.name for field in fields(Settings)}
    return Settings(**{name: value for name, value in values.items() if name in known}, high_water=high_water), findings


def _formula(table: SheetTable, index: int) -> CellProblem | None:
    kind = table.formulas.get((table.rows[index], "value"))
    if kind in (Formula.VOLATILE, Formula.UNCACHED):
        return CellProblem("formula_volatile", "这个参数是会自己变化或没有结果的公式，没有采用。", "请直接填写内容。")
    return None


def _earlier_policies(value: Cell) -> tuple[EarlierPolicy, ...] | CellProblem | None:
    text = plain_text(value).strip()
    found = [_EARLIER.fullmatch(part) for part in text.split("、")] if text else []
    try:
        eras = tuple(EarlierPolicy(one[1], date.fromisoformat(one[2])) for one in found if one)
    except ValueError:
        eras = ()
    if len(eras) < len(found):
        problem = f"“{shown(text)}”不是 duban policy use 写下的样子。"
        return CellProblem("earlier_policy_unreadable", problem, "请从备份恢复这一格，或再运行 duban policy use。")
    return eras or None


def _parse(field: str | None, name: str, value: Cell, date1904: bool) -> Any:
    if field is None:
        if _HIGH_WATER.fullmatch(name):
            return read_integer(value)
        text = f"不认识参数“{shown(name)}”，没有采用。"
        return CellProblem("setting_unknown", text, "请核对名称。", None, Severity.HINT)
    if field in _WORDS:
        return read_choice(value, _WORDS[field])
    parsers: dict[str, Callable[[Cell], Any]] = {
        "enabled_from": lambda cell: read_moment(cell, date1904),
        "earlier_policies": _earlier_policies,
        "policy_accepted_from": lambda cell: read_moment(cell, date1904),
        "trial_mobile": read_mobile,
        "carried_over": read_integer,
        "carried_from": read_integer,
        "ledger_id": read_key,
        "journal_id": read_key,
    }
    parsed = parsers.get(field, read_line)(value)
    if isinstance(parsed, Yearless):
        return CellProblem("date_without_year", f"“{shown(value)}”没有年份。", "请填成 2026-03-05 17:30 这样的形式。")
    return parsed

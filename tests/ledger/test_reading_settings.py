"""参数设置, 单位通讯录, 群组 and 节假日 as people leave them."""

from datetime import date, datetime
from typing import Any

import pytest

from engine.facts.kinds import DayType, SmsSwitch
from engine.sample.words import Regime
from tests.ledger.messy_books import UNITS, ledger_of


@pytest.mark.parametrize(
    ("rows", "sms", "rule"),
    [
        ([("短信发送", "开")], SmsSwitch.ON, None),
        ([("短信 发送", "试运行"), ("试运行号码", 13800000001)], SmsSwitch.TRIAL, None),
        ([("短信发送", "开着")], SmsSwitch.OFF, "unknown_word"),
        ([("短信发送", "试运行")], SmsSwitch.OFF, "trial_without_mobile"),
        ([("短信发送", "开"), ("短信发送", "停")], SmsSwitch.OFF, "setting_doubled"),
        ([("短信发送", "开"), ("启用时间", "前天")], SmsSwitch.OFF, "date_unreadable"),
        ([("短信发送", "开"), ("启用时间", "3月2日")], SmsSwitch.OFF, "date_without_year"),
        ([("短信发送", "开"), ("演示", "也许")], SmsSwitch.OFF, "unknown_word"),
        ([("短信发送", "开"), ("自用", "1")], SmsSwitch.ON, "setting_unknown"),
        ([("短信发送", "开"), ("编号高水位日2026", "一百")], SmsSwitch.ON, "number_unreadable"),
        ([], SmsSwitch.OFF, None),
    ],
)
def test_settings_that_cannot_be_understood_send_nothing(
    rows: list[tuple[str, Any]], sms: SmsSwitch, rule: str | None
) -> None:
    ledger = ledger_of(settings=[{"key": key, "value": value} for key, value in rows])
    assert ledger.settings.sms is sms
    assert [finding.rule for finding in ledger.findings if finding.rule != "sms_switched_off"] == [rule] * bool(rule)


def test_a_demonstration_that_cannot_be_read_is_one() -> None:
    assert ledger_of(settings=[{"key": "演示", "value": "#N/A"}]).settings.demonstration
    assert not ledger_of(settings=[{"key": "演示", "value": None}]).settings.demonstration


def test_settings_are_typed() -> None:
    rows = [
        {"key": "启用时间", "value": "2026年3月1日 8:00"},
        {"key": "联系电话", "value": 3492020202.0},
        {"key": "编号高水位日2026", "value": 135},
        {"key": "免打扰", "value": "开"},
        {"key": "制度方案", "value": "保山"},
    ]
    settings = ledger_of(settings=rows).settings
    assert settings.enabled_from == datetime(2026, 3, 1, 8)
    assert (settings.phone, settings.high_water, settings.quiet_hours) == ("3492020202", {"日2026": 135}, True)
    assert settings.regime == Regime.BAOSHAN


def test_the_directory_and_its_faults() -> None:
    rows = [
        *UNITS,
        {"name": "市公安局", "aliases": "教委", "contact_mobile": "0349-2020202", "active": "否"},
        {"name": "市教育局", "head": "李某"},
        {"head": "无主"},
        {"name": "市水务局", "substitute": "赵某", "substitute_from": "2026-3-9", "substitute_until": "2026-3-1"},
    ]
    ledger = ledger_of(units=rows, groups=[{"name": "两家", "members": "教委、市公安局、市农牧局"}])
    first = len(UNITS) + 2
    assert [(finding.place.sheet, finding.place.row, finding.rule) for finding in ledger.findings] == [
        ("units", first, "mobile_landline"),
        ("units", first, "alias_doubled"),
        ("units", first + 1, "unit_doubled"),
        ("units", first + 2, "unit_without_name"),
        ("units", first + 3, "substitute_dates"),
        ("groups", 2, "unknown_unit"),
    ]
    assert not ledger.directory.units["市公安局"].active
    assert ledger.directory.units["市教育局"].head.name == "王某"
    assert ledger.directory.groups == {"两家": ("市教育局", "市公安局")}


def test_holidays() -> None:
    rows = [
        {"date": date(2026, 2, 14), "type": "上班"},
        {"date": "2026.2.16", "type": "放假"},
        {"date": "2026-3-8", "type": "放假"},
        {"date": "2026-3-8", "type": "上班"},
        {"date": "2026-3-9"},
        {"type": "放假"},
    ]
    ledger = ledger_of(holidays=rows)
    assert ledger.day_overrides == {date(2026, 2, 14): DayType.WORKDAY, date(2026, 2, 16): DayType.HOLIDAY}
    assert [(finding.place.row, finding.rule) for finding in ledger.findings] == [
        (5, "day_contradicted"),
        (6, "day_incomplete"),
        (7, "day_incomplete"),
    ]

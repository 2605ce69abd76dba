"""Every wording of both policies fits one segment (70 UTF-16 units) for usual values, signature and token included."""

import pytest

from engine.policy.loading import shipped_policies
from engine.sample.words import Regime
from sms.text import segments, units

USUAL = {
    "number": "2026-日-0135",
    "node": "指定日期",
    "due": "28日17:30",
    "count": "20",
    "hours": "48",
    "days": "31",
    "unit": "市住房和城乡建设局",
    "total": "12",
    "period": "12",
    "summary": "已发120,未送达3,待人工1",
    "matters": "新逾期5,未编号2,未下发4",
    "token": "K7Q2M9",
}
OFFICES = {
    Regime.SHUOZHOU: {"signature": "朔州市政府督查室", "phone": "0349-2020000"},
    Regime.BAOSHAN: {"signature": "保山市政府督查室", "phone": "0875-2020000"},
}
TEXTS = [
    (regime, name, text)
    for regime, file in shipped_policies().items()
    for _, policy in file.versions
    for name, text in policy.texts.items()
]


@pytest.mark.parametrize(("regime", "name", "text"), TEXTS, ids=[f"{regime} {name}" for regime, name, _ in TEXTS])
def test_one_segment_for_usual_values(regime: Regime, name: str, text: str) -> None:
    sms = text.format(**USUAL, **OFFICES[regime])
    assert segments(sms) == 1, (units(sms), sms)
    assert sms.startswith("【")
    assert "编号K7Q2M9" in sms


def test_the_guard_notices_a_long_text() -> None:
    assert segments("字" * 71) == 2

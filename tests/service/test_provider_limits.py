"""Every SMS of a simulated year keeps within what the providers take (阿里云's 35 characters a variable)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from engine.facts.ledger import Ledger
from engine.facts.message import Message
from engine.ledger.reading.ledger import read_ledger
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import shipped_policies
from engine.review.simulate import simulate
from engine.service.outgoing import outgoing
from engine.service.sms_kit import kit_of
from sms.gateways.templates import ALIYUN, TENCENT, ProviderRules, objection_to, text_fault, variable_fault

SAMPLE = Path(__file__).parents[2] / "workbook" / "示例台账.xlsx"


def objections(ledger: Ledger, days: int, rules: ProviderRules = ALIYUN) -> tuple[int, set[str]]:
    """How many SMS a simulated span holds, and every objection of the provider to one of them."""
    policies, start = shipped_policies(), datetime(2026, 11, 10)
    texts = policy_of_ledger(ledger, policies, start).texts
    count, found = 0, set[str]()
    for message in simulate(ledger, policies, start, start + timedelta(days=days)):
        count += 1
        if said := _objection(message, texts[message.template], rules):
            found.add(said)
    return count, found


def _objection(message: Message, text: str, rules: ProviderRules) -> str:
    words = [word for _, word, _, _ in Formatter().parse(text) if word and word != "signature"]
    found = objection_to(rules, rules.longest_variable, words, outgoing(message, "台账"))
    return found.problem if found else ""


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return read_ledger(SAMPLE.read_bytes())


def test_every_sms_of_the_sample_year_fits(ledger: Ledger, sample: Callable[[int, int], int]) -> None:
    count, found = objections(ledger, sample(60, 365))
    assert found == set()
    assert count > 20


def test_an_account_of_six_characters_cannot_send_them(ledger: Ledger) -> None:
    """The test above can fail."""
    assert any("超过6个字" in said for said in objections(ledger, 2, TENCENT)[1])


def test_every_wording_fits_with_the_greatest_values(ledger: Ledger) -> None:
    """Seven counts of four digits in 晨报, the longest unit, the latest deadline."""
    found = kit_of(ledger, shipped_policies(), datetime(2026, 3, 1), [])
    values = {one.word: one.longest for template in found.templates for one in template.variables}
    assert values["summary"] == "已发9999,未送达9999,待人工9999,未并入9999,台账占用"
    assert values["matters"] == "新逾期9999,未编号9999,未下发9999"
    for word, value in values.items():
        assert variable_fault(ALIYUN, ALIYUN.longest_variable, word, value) is None, word
    for one in found.templates:
        assert text_fault("阿里云", f"【{found.signature}】{one.sample()}") is None

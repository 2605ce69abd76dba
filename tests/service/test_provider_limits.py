"""Every SMS of a simulated year keeps within what the providers take (阿里云's 35 characters a variable)."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from string import Formatter

import pytest

from engine.facts.kinds import Status
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags
from engine.facts.message import Message
from engine.ledger.reading.ledger import read_ledger
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import shipped_policies
from engine.review.morning import Overnight, morning_report
from engine.review.simulate import simulate
from engine.service.config import ConfigError
from engine.service.outgoing import outgoing
from engine.service.sms_kit import Kit, check_frequency, kit_of
from sms.gateways.templates import (
    ALIYUN,
    LONGEST_TEXT,
    TENCENT,
    ProviderRules,
    objection_to,
    side_by_side,
    text_fault,
    variable_fault,
)
from tests.clauses.builders import NothingSent

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


def test_every_sms_of_the_sample_year_fits(ledger: Ledger) -> None:
    count, found = objections(ledger, 365)
    assert found == set()
    assert count > 20


def test_an_account_of_six_characters_cannot_send_them(ledger: Ledger) -> None:
    """The test above can fail."""
    assert any("超过6个字" in said for said in objections(ledger, 2, TENCENT)[1])


def test_the_morning_report_fits_on_the_worst_day_of_a_year(ledger: Ledger) -> None:
    """Seven counts of any size, the book open, every day: the report as the pass makes it, against the provider."""
    policies, start, random = shipped_policies(), datetime(2026, 3, 2, 8, 30), Random(17)
    row = next(iter(ledger.matters))
    waiting = (replace(row, number="", notice_issued_at=None, status=Status.IN_PROGRESS),) * 10_001
    worst = replace(ledger, matters=(*ledger.matters, *waiting))
    lengths = set()
    for day in range(365):
        is_worst = day % 50 == 0
        at = start + timedelta(days=day)
        counts = [random.randrange(10 ** random.randint(1, 7)) for _ in range(4)] if day else [10**7] * 4
        overnight = Overnight(*counts[:3], book_open=True, conflicts=counts[3])
        shown = {str(n): Flags(current_due=at - timedelta(minutes=1)) for n in range(10_001 if is_worst else 7)}
        policy = policy_of_ledger(ledger, policies, at)
        message = morning_report(worst if is_worst else ledger, shown, overnight, NothingSent(), policy, at)
        assert message is not None
        assert _objection(message, policy.texts["晨报"], ALIYUN) == ""
        assert len(message.text) <= LONGEST_TEXT
        lengths |= {len(message.parameters[word]) for word in ("summary", "matters")}
    assert max(lengths) == len("已发9999,未送达9999,待人工9999,未并入9999,台账占用"), "the worst day was among them"


def test_every_wording_fits_with_the_greatest_values(ledger: Ledger) -> None:
    """Seven counts of four digits in 晨报, the longest unit, the latest deadline."""
    found = kit_of(ledger, shipped_policies(), datetime(2026, 3, 1), [])
    values = {one.word: one.longest for template in found.templates for one in template.variables}
    assert values["summary"] == "已发9999,未送达9999,待人工9999,未并入9999,台账占用"
    assert values["matters"] == "新逾期9999,未编号9999,未下发9999"
    assert values["total"] == "9999"
    for word, value in values.items():
        assert variable_fault(ALIYUN, ALIYUN.longest_variable, word, value) is None, word
    for one in found.templates:
        assert text_fault("阿里云", f"【{found.signature}】{one.sample()}") is None
        assert side_by_side(TENCENT, one.text) is None, one.name


@pytest.mark.parametrize(
    ("text", "said"),
    [("{a}{b}", True), ("晨报:{summary};{matters}。", True), ("{number}号“{node}”", False), ("短信{a};事项{b}", False)],
)
def test_two_variables_without_a_word_between_them_are_told(text: str, said: bool) -> None:
    assert (side_by_side(TENCENT, text) is not None) is said
    assert side_by_side(ALIYUN, text) is None


@pytest.mark.parametrize(("most", "said"), [(4, ""), (3, ""), (2, "超过上限2条，最多的是138****8000，3条")])
@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas", "twilio"])
def test_a_year_is_held_against_how_often_a_number_may_have_an_sms(kind: str, most: int, said: str) -> None:
    at = datetime(2026, 3, 2, 9)
    times = {"+8613800138000": [at + timedelta(hours=8 * n) for n in range(3)], "+8613900139000": [at]}
    found = Kit("督查室", (), times)
    tables = {"甲": {"kind": kind, "limits": {"per_number_per_day": most}}}
    (check,) = check_frequency(found, tables, ["甲"])
    assert (check.ok, said in check.said) == (not said, True)
    assert "13800138000" not in check.said
    assert [*check_frequency(found, {}, ["local"])] == [], "no carrier counts the local phone"


def test_a_limit_that_is_misspelt_is_named() -> None:
    tables = {"甲": {"kind": "mas", "limits": {"per_secnd": 1}}}
    with pytest.raises(ConfigError, match=r"“甲”的 limits 有误：“per_secnd”没有这一项"):
        next(check_frequency(Kit("督查室", (), {}), tables, ["甲"]))


def test_a_year_of_the_sample_is_held_against_the_published_limits(ledger: Ledger) -> None:
    """腾讯云 counts ten a day as long as the console says nothing else; 阿里云 fifty."""
    policies, start = shipped_policies(), datetime(2026, 11, 10)
    found = kit_of(ledger, policies, start, simulate(ledger, policies, start, start + timedelta(days=20)))
    tencent, aliyun = check_frequency(found, {}, ["tencent", "aliyun"])
    assert "per_number_per_day" in tencent.said
    assert aliyun.ok

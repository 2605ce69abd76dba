"""保山第七、十一、十二条: tracked until closed, four ways to supervise, nothing classified, which decisions count."""

import pytest

from engine.facts.kinds import Status, SupervisionMethod
from engine.review import check
from engine.rules.duties import paragraphs
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags
from engine.sample.words import Regime
from tests.clauses.builders import (
    NothingSent,
    at,
    baoshan,
    case,
    closed_out,
    ledger,
    messages,
    policies,
    policy,
    supervision,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced

NUMBER = "2026-日-0001"
NOW = "2026-03-10 09:00"


def told(**changes: object) -> list[str]:
    facts = ledger(baoshan(**changes), regime=Regime.BAOSHAN)
    return [finding.rule for finding in check.judge(facts, policies(), at(NOW))]


def sent(*records: object, **changes: object) -> int:
    facts = ledger(baoshan(number=NUMBER, **changes), *records, regime=Regime.BAOSHAN)
    return len(messages(facts, "2026-03-16", "2026-03-27"))


@clause("BS-7.2")
def test_清单销号_销号之前一直跟踪_销号之后不再发() -> None:
    assert sent() > 0
    assert sent(closed_out("2026-03-12 10:00")) == 0
    assert sent(status=Status.COMPLETED) == 0


@clause("BS-7.3")
@pytest.mark.parametrize("method", ["书面督办", "电话催办", "随机抽查", "实地检查"])
def test_四种督查方式都可登记(method: str) -> None:
    act = supervision("2026-03-09 16:00", method=SupervisionMethod(method))
    known = case(baoshan(number=NUMBER), act, moment=NOW, under=policy(Regime.BAOSHAN))
    assert known.records.supervisions == (act,)
    shown = flags(known, duties_of(known), NothingSent(), at(NOW))
    assert shown.urging_count == (1 if method == "电话催办" else 0)


@clause("BS-11")
@pytest.mark.parametrize(("level", "refused"), [("", False), ("非密", False), ("秘密", True), ("机密★1年", True)])
def test_涉密事项不得录入(level: str, refused: bool) -> None:
    assert ("classified_level" in told(secrecy=level)) is refused


@clause("BS-12")
@pytest.mark.parametrize(
    ("source", "fits"),
    [("常务会议", True), ("专题会议", True), ("领导批示", True), ("政府工作报告", False)],
    ids=["常务会议", "市长主持的专题会议", "有时限的批示", "不在此列"],
)
def test_参照办理的来源(source: str, fits: bool) -> None:
    assert ("source_not_of_board" not in told(source=source)) is fits


MUTANTS = (
    replaced("BS-7.2", paragraphs, "known_at", lambda records, at, policy: type(records)()),
    replaced("BS-7.3", paragraphs, "known_at", lambda records, at, policy: type(records)()),
    policy_value("BS-11", "initiation.secrecy_allowed", ["", "非密", "秘密", "机密★1年"], Regime.BAOSHAN),
    policy_value("BS-12", "initiation.sources.常务会议议定事项", ["常务会议"], Regime.BAOSHAN),
)

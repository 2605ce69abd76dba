"""The checks of ``doctor`` about sending: gateways reachable, clocks agree, a day's plan against what a gateway
allows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sms.collapse import FELL, delivered_now
from sms.gateways.protocol import Gateway, GatewayError, KnowsLimits, KnowsRegistrations, Limits, answer_to
from sms.limits import busiest, number_full, windows
from sms.numbers import mask_mobile
from sms.outbox import Outbox
from sms.store.codes import question
from sms.store.store import Store
from sms.text import segments

CLOCK_SKEW = timedelta(minutes=2)
# Twilio in mainland China rejects the third identical message to one number within 24 hours, and may review from the
# fifth different one on: https://support.twilio.com/hc/en-us/articles/360016612253
IDENTICAL_ALLOWED = 2
DIFFERENT_WITHOUT_REVIEW = 4


@dataclass(frozen=True, slots=True)
class Check:
    """One line of ``doctor``: what was checked, whether it is in order, and otherwise what to do. ``stops``: until then
    no SMS goes out.
    """

    subject: str
    ok: bool
    said: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """One SMS of a day's plan, with what a template is filled from."""

    at: datetime
    mobile: str
    text: str
    kind: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def check_gateway(gateway: Gateway, clock: Callable[[], datetime]) -> list[Check]:
    """Whether it can be reached with the credentials, and whether the clocks agree where it returns the time."""
    subject = f"短信网关 {gateway.name}"
    try:
        theirs = answer_to(gateway.probe)
    except GatewayError as fault:
        return [Check(subject, False, f"连接或登录失败：{fault}。请检查网络、凭据和账户。", stops=True)]
    checks = [Check(subject, True, "可以连接，凭据有效" if gateway.network else "本机网关，短信只存在本机")]
    if theirs is not None:
        skew = abs(theirs - clock())
        said = f"与网关相差{int(skew.total_seconds())}秒"
        late = skew > CLOCK_SKEW
        checks.append(Check("本机时间", not late, f"{said}，请校准本机时间。" if late else said))
    return [*checks, *_registrations(gateway)]


def check_receipts(store: Store, gateway: Gateway) -> list[Check]:
    """The share delivered of the last SMS against the gateway's own past; nothing while there are too few receipts."""
    found = delivered_now(store, gateway)
    if found is None:
        return []
    said = f"最近{found.count}条送达{found.last:.0%}" + ("" if found.past is None else f"，此前为{found.past:.0%}")
    fell = found.past is not None and round(found.past - found.last, 6) >= FELL
    ok = not fell and found.last >= gateway.limits.least_delivered
    said += (
        "" if ok else "。签名或模板可能被运营商拦截，请向服务商核实签名报备，看 duban outbox list --state 未送达 的原因"
    )
    return [Check(f"短信回执 {gateway.name}", ok, f"{said}。" if not ok else said)]


def _registrations(gateway: Gateway) -> list[Check]:
    """Whether the provider has approved what the set-up names; nothing for gateways that cannot be asked."""
    subject = f"短信报备 {gateway.name}"
    if not isinstance(gateway, KnowsRegistrations):
        return []
    try:
        found = answer_to(gateway.unapproved)
    except GatewayError as fault:
        said = f"查不到签名和模板的审核结果：{fault}。请给密钥加上查询权限，或到控制台核对。"
        return [Check(subject, False, said)]
    faults = [Check(subject, False, f"{one}，用到它的短信发不出去。请到服务商的控制台处理。") for one in found]
    return faults or [Check(subject, True, "签名和模板都已通过审核")]


def check_outbox(outbox: Outbox) -> list[Check]:
    """Gateways that wait for a person or fail just now, codes that nobody has explained, numbers that are full."""
    asked = [
        Check(f"短信网关 {one.gateway}", False, question(one.gateway, one.code))
        for one in outbox.codes()
        if not one.meaning
    ]
    full = [Check("一天的短信量", False, number_full(mobile, count)) for mobile, count in outbox.full_numbers().items()]
    return [
        *asked,
        *full,
        *_conditions(outbox),
    ]


def _conditions(outbox: Outbox) -> list[Check]:
    return [
        Check(
            f"短信网关 {one.name}",
            False,
            f"已停用：{one.reason}。处理好后请运行 duban outbox retry 恢复，或用 duban send-test 发通一条。",
        )
        if one.stopped_at
        else Check(f"短信网关 {one.name}", False, f"连续{one.failures}次连接失败，{one.retry_at:%H:%M}再试。")
        for one in outbox.gateway_conditions()
        if one.stopped_at or one.retry_at
    ]


def check_plan(gateway: Gateway, plan: Iterable[Planned]) -> list[Check]:
    """A day's SMS against what the gateway and the networks allow for one number."""
    plan = [*plan]
    subject = f"一天的短信量 {gateway.name}"
    found: list[str] = []
    per_number: dict[str, list[datetime]] = {}
    for one in sorted(plan, key=lambda one: one.at):
        per_number.setdefault(one.mobile, []).append(one.at)
    found += (
        f"{mask_mobile(mobile)} 各台账合计{said}"
        for mobile, times in per_number.items()
        for said in crowded(gateway.limits, times)
    )
    if gateway.network:
        same = Counter((one.mobile, one.text) for one in plan)
        found += (
            f"{mask_mobile(mobile)} 有{n}条内容相同，第{IDENTICAL_ALLOWED + 1}条起会被拒收"
            for (mobile, _), n in same.items()
            if n > IDENTICAL_ALLOWED
        )
        busy = sum(1 for times in per_number.values() if len(times) > DIFFERENT_WITHOUT_REVIEW)
        if busy:
            found.append(f"{busy}个号码一天超过{DIFFERENT_WITHOUT_REVIEW}条，可能引起运营商审查，请向网关报备")
    long = sum(1 for one in plan if segments(one.text) > 1)
    if long:
        found.append(f"{long}条超过一条短信的长度，将按多条计费")
    refused = [Check(subject, False, said) for said in _objections(gateway, plan)]
    faults = [*refused, *(Check(subject, False, f"{said}。") for said in found)]
    return faults or [Check(subject, True, f"{len(plan)}条，未超限")]


def crowded(limits: Limits, times: Sequence[datetime]) -> Iterator[str]:
    """What these SMS to one number, oldest first, exceed of a gateway's limits, each in words with the remedy."""
    for window in windows(limits):
        if (count := busiest(times, window.span)) > window.most:
            yield (
                f"{window.word}里有{count}条，超过上限{window.most}条，多出的推迟，到期的不发。请先在服务商的控制台放宽，"
                f"再调高 limits 的 {window.key}，或把事项分给别的责任人"
            )


def _objections(gateway: Gateway, plan: Iterable[Planned]) -> list[str]:
    """What the provider would refuse of a day's SMS, each fault once with how many it concerns."""
    if not isinstance(gateway, KnowsLimits):
        return []
    counts = Counter(found for one in plan if (found := gateway.objection(one)))
    return [f"有{count}条发不出去：{fault.problem}。{fault.remedy}" for fault, count in counts.items()]

"""May this pass send, and may it touch the book at all? All guards against unwanted SMS, the gravest first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.facts.kinds import SmsSwitch
from engine.facts.service import Hold, Served
from engine.facts.settings import LONGEST_SIGNATURE, Settings
from engine.guards.breaker import excess
from engine.review.ledger_review import Review

LONGEST_GAP = timedelta(days=7)
"""A longer silence between two passes is a clock that jumped, until a person has confirmed the time."""

_RELEASE = "。已暂停发送，核实后请运行 duban release 放行。"
DRY, HELD, SWITCHED_OFF = "试算", "待放行", "停发"


@dataclass(frozen=True, slots=True)
class Options:
    """How a pass is run.

    ``explicit_time``: a person named the time (``--at``), so a long gap is no jump. ``released``: a person has seen
    what is held back and lets it go. ``jumped``: the scheduler saw the wall clock leap. ``throttled``: replace the
    workbook only where that is worth disturbing people (the scheduler's own passes).
    """

    dry_run: bool = False
    explicit_time: bool = False
    released: bool = False
    jumped: bool = False
    throttled: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a pass's messages: the word for their state, empty where they are sent. ``ours`` is false where
    this host must touch nothing. ``reason`` is shown to people; ``hold`` waits for their ``release``.
    """

    state: str = ""
    reason: str | None = None
    ours: bool = True
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """The state of a pass after its review. ``foreign``: why this host may not send for this file, if so."""

    now: datetime
    settings: Settings
    served: Served
    foreign: str | None
    reviewed: Review
    gone: int
    alarming: bool
    reaches_phones: bool


def judge(case: Situation, options: Options) -> Ruling:
    """The verdict on one pass."""
    if case.foreign:
        return Ruling(DRY, case.foreign, ours=False)
    last = case.served.last_pass_at
    if last and case.now < last:
        return Ruling(
            HELD,
            f"电脑时钟（{case.now:%Y-%m-%d %H:%M}）早于上次运行（{last:%Y-%m-%d %H:%M}），不发送。请校准时钟。",
            ours=False,
        )
    hold, note = (None, "") if options.released else _hold(case, options)
    if hold:
        return Ruling(HELD, note, hold is Hold.BURST, hold)
    unset = _unset(case)
    if unset:
        return Ruling(HELD, unset)
    if case.settings.sms is SmsSwitch.OFF:
        return Ruling(SWITCHED_OFF)
    return Ruling(DRY) if options.dry_run else Ruling()


def _hold(case: Situation, options: Options) -> tuple[Hold | None, str]:
    """What waits for a person, and in which words, not longer from pass to pass. A leap and a burst stay held
    until released.
    """
    last, standing = case.served.last_pass_at, case.served.hold
    if standing is Hold.CLOCK:
        return standing, case.served.hold_note
    if options.jumped or (last and not options.explicit_time and case.now - last > LONGEST_GAP):
        since = f"{last:%Y-%m-%d %H:%M}" if last else "接管"
        return Hold.CLOCK, f"电脑时钟由 {since} 到了 {case.now:%Y-%m-%d %H:%M}，中间没有运行{_RELEASE}"
    if case.alarming:
        return Hold.VANISHED, f"与上次相比有 {case.gone} 项事项不见了{_RELEASE}"
    too_many = excess(case.reviewed.messages)
    if too_many or (standing is Hold.BURST and case.reviewed.messages):
        return Hold.BURST, f"{too_many}{_RELEASE}" if too_many else case.served.hold_note
    return None, ""


def _unset(case: Situation) -> str | None:
    """Settings that must be mended before anything goes out."""
    if case.settings.demonstration and case.reaches_phones:
        return "演示台账不能使用真实短信网关。请在配置中改用本机网关，或把参数设置“演示”改为否。"
    if case.settings.sms is SmsSwitch.TRIAL and not case.settings.trial_mobile:
        return "短信发送为“试运行”，但没有可用的试运行号码。请在参数设置中填写。"
    if case.settings.sms is not SmsSwitch.OFF and not case.settings.signature:
        return "没有填短信签名，不发送。请在参数设置中填写，与网关报备的一致。"
    if case.settings.sms is not SmsSwitch.OFF and len(case.settings.signature) > LONGEST_SIGNATURE:
        return f"短信签名超过{LONGEST_SIGNATURE}个字，不发送。请在参数设置中改成与网关报备的一致。"
    return None

"""From obligations to SMS: who receives, what goes together, what becomes a digest (readings 6, 23, 24)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.facts.finding import Finding, Place, error
from engine.facts.kinds import MessageKind, Role
from engine.facts.ledger import Ledger
from engine.facts.message import Message, Obligation, Recipient
from engine.policy.policy import Policy
from engine.rules.messages.wording import token, word

# The kind of a merged SMS is the gravest of what it covers.
_GRAVITY = (
    MessageKind.ESCALATION,
    MessageKind.SENT_BACK,
    MessageKind.URGING,
    MessageKind.MONTHLY_URGING,
    MessageKind.REMINDER,
    MessageKind.ASSIGNMENT,
    MessageKind.REPORT_RECEIVED,
    MessageKind.COMPLETION,
    MessageKind.WEEKLY,
)
LONGEST_TEXT = 500
"""Characters that a network in mainland China takes at most in one SMS."""
LONGEST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Composed:
    """The SMS of one moment, and what could not be addressed."""

    messages: tuple[Message, ...]
    unreachable: tuple[Obligation, ...]
    findings: tuple[Finding, ...]


def compose(due: Sequence[Obligation], ledger: Ledger, policy: Policy, at: datetime) -> Composed:
    """The SMS that carry ``due`` at ``at``: per number one for each duty, and one digest from the policy's count on."""
    by_number: defaultdict[str, defaultdict[tuple[object, ...], list[tuple[Obligation, Recipient]]]]
    by_number = defaultdict(lambda: defaultdict(list))
    unreachable: list[Obligation] = []
    findings: dict[tuple[str, str], Finding] = {}
    for obligation in due:
        recipient = _recipient(obligation, ledger, at)
        if recipient is None:
            unreachable.append(obligation)
            unit, role = obligation.key.unit, obligation.key.role
            findings.setdefault((unit, role), _nobody(unit, role, ledger, policy))
        else:
            by_number[recipient.mobile][obligation.duty_key].append((obligation, recipient))
    messages: list[Message] = []
    for duties in by_number.values():
        if len(duties) >= policy.sending.digest_from:
            everything = [pair for pairs in duties.values() for pair in pairs]
            messages.append(_sms(everything, len(duties), ledger, policy, at))
        else:
            messages.extend(_sms(pairs, 1, ledger, policy, at) for pairs in duties.values())
    for message in [message for message in messages if len(message.text) > LONGEST_TEXT]:
        messages.remove(message)
        unreachable.extend(message.covers)
        findings.setdefault((message.to.unit, message.to.role), _too_long(message, ledger))
    return Composed(tuple(messages), tuple(unreachable), tuple(findings.values()))


def gravity(obligation: Obligation) -> int:
    """0 for the gravest kind of message."""
    return _GRAVITY.index(obligation.kind)


def _recipient(obligation: Obligation, ledger: Ledger, at: datetime) -> Recipient | None:
    role = Role(obligation.key.role)
    unit = ledger.directory.find(obligation.key.unit)
    if unit is None:
        return None
    person = unit.person(role, at)
    if person.mobile is None:
        return None
    return Recipient(unit.name, role, person.name, person.mobile)


def _nobody(unit: str, role: str, ledger: Ledger, policy: Policy) -> Finding:
    """SZ1-6, BS-4: who is to receive an SMS can be reached."""
    known = ledger.directory.find(unit)
    place = known.place if known else Place("units")
    whom = f"“{unit}”的{role}手机" if unit else "应收短信的单位"
    return error(
        place.at("head_mobile" if role == Role.HEAD else "contact_mobile"),
        "recipient_unreachable",
        policy.citations.responsible_persons,
        f"通讯录中没有{whom}，有短信发不出去。",
        "请在「单位通讯录」补录，补好后下一轮自动发送。",
    )


def _too_long(message: Message, ledger: Ledger) -> Finding:
    known = ledger.directory.find(message.covers[0].duty_key.unit)
    return error(
        known.place.at("name") if known else Place("units"),
        "text_too_long",
        "",
        f"给“{message.to.unit[:LONGEST_SHOWN]}”的短信有{len(message.text)}个字，网关不收，没有发送。",
        "单位名称和参数设置中的联系电话会写进短信，请改短，改好后下一轮自动发送。",
    )


def _sms(
    pairs: list[tuple[Obligation, Recipient]], duties: int, ledger: Ledger, policy: Policy, at: datetime
) -> Message:
    ordered = sorted(pairs, key=lambda pair: (gravity(pair[0]), -pair[0].at.timestamp(), pair[0].key))
    gravest, recipient = ordered[0]
    covers = tuple(obligation for obligation, _ in ordered)
    mark = token(ledger.settings.ledger_id, (obligation.key for obligation in covers))
    wording = word(gravest, duties - 1, ledger.settings, policy, mark, at)
    kind = MessageKind.DIGEST if duties > 1 else gravest.kind
    return Message(at, kind, recipient, covers, wording.text, mark, wording.template, wording.parameters)

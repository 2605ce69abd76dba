"""The JSON shapes of the commands (docs: commands), from the engine's values."""

from typing import TYPE_CHECKING, Any

from engine.facts.change import Change
from engine.facts.finding import Place
from engine.facts.message import Message
from engine.ledger.headings.columns import MATTERS
from engine.ledger.headings.finding_text import column_heading, finding_json
from engine.review.explain import Explanation

if TYPE_CHECKING:
    from engine.service.one_pass import PassResult

Json = dict[str, Any]


def message_json(message: Message) -> Json:
    """One SMS to one recipient, with all that it covers. Full numbers stand here by contract."""
    to = message.to
    return {
        "at": message.at,
        "kind": message.kind.value,
        "to": {"unit": to.unit, "role": to.role.value, "name": to.name, "mobile": to.mobile},
        "covers": [
            {
                "matter": slot.key.matter,
                "duty": slot.key.duty,
                "period": slot.key.period or None,
                "due": slot.key.due,
                "slot": slot.key.slot,
                "kind": slot.kind.value,
                "clause": slot.clause,
            }
            for slot in message.covers
        ],
        "text": message.text,
    }


def change_json(change: Change) -> Json:
    """One 机 or 钮 cell, by its heading."""
    return {
        "matter": change.matter,
        "column": column_heading(Place(change.place.sheet, None, change.field)),
        "old": change.old,
        "new": change.new,
        "clauses": list(change.clauses),
    }


def pass_json(result: "PassResult") -> Json:
    """What a pass did."""
    return {
        "at": result.at,
        "messages": [message_json(one.message) | {"id": one.id, "state": one.state} for one in result.messages],
        "changes": [change_json(change) for change in result.changes],
        "findings": [finding_json(finding) for finding in result.findings],
        "written": result.written,
        "pending": result.pending,
    }


def explanation_json(explanation: Explanation) -> Json:
    """Why: duties, slots, flags, readings."""
    return {
        "matter": explanation.matter.number,
        "at": explanation.at,
        "duties": [
            {
                "duty": one.duty.name,
                "period": one.duty.period or None,
                "owed_by": one.duty.owed_by,
                "due": one.duty.due,
                "provisional": one.duty.provisional,
                "fulfilled_at": one.duty.fulfilled_at,
                "state": one.state,
                "clause": one.duty.clause,
                "slots": [
                    {
                        "slot": slot.slot,
                        "at": slot.at,
                        "kind": slot.kind,
                        "to": slot.to,
                        "clause": slot.clause,
                        "outcome": slot.outcome,
                    }
                    for slot in one.slots
                ],
            }
            for one in explanation.duties
        ],
        "flags": flags_json(explanation),
        "readings": list(explanation.readings),
    }


def flags_json(explanation: Explanation) -> Json:
    """The 机 cells that the rules call for, by heading."""
    flags = explanation.flags
    shown = [column for column in MATTERS.columns if hasattr(flags, column.field)]
    return {column.heading: getattr(flags, column.field) for column in shown}

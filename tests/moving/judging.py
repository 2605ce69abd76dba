"""How well a ledger was read, by the list made by hand: cells right, cells wrong, and wrong ones without a mark."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.moving.proposals.model import Decision, Proposals, RowProposal
from tests.moving.ledgers_of_habit import Expected


@dataclass
class Judgement:
    """``silent``: wrong although neither the cell nor its row asks a person."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)


def judge(found: Proposals, expected: Expected) -> Judgement:
    judged = Judgement()
    assert len(found.rows) == len(expected), [str(one.source) for one in found.rows]
    for proposal, wanted in zip(found.rows, expected, strict=True):
        for name, value in wanted.items():
            told = read_of(proposal, name)
            if (told or None) == value or (name == "note" and str(value) in str(told)):
                judged.right += 1
                continue
            text = f"{proposal.source} {name}: {told!r} for {value!r}"
            judged.wrong.append(text)
            reading = proposal.cells.get(name)
            if proposal.decision is Decision.TAKE and (reading is None or reading.is_certain):
                judged.silent.append(text)
    return judged


def read_of(proposal: RowProposal, name: str) -> Any:
    if name == "progress":
        return proposal.progress.text if proposal.progress else None
    return proposal.value(name)


def marked(proposal: RowProposal) -> Mapping[str, str]:
    """The fields that a person is asked about, with the reason."""
    return {name: cell.why for name, cell in proposal.cells.items() if cell.why}

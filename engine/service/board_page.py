"""The board of a ledger in service: its sheets in the book, its page 看板.html beside it."""

from datetime import datetime
from pathlib import Path

from engine.board.figures import BoardFigures, board
from engine.board.sheets import form_changes
from engine.board.waiting import UnreadReply, Unsettled, waiting
from engine.facts.change import Change
from engine.facts.ledger import Ledger
from engine.facts.printable import printable
from engine.ledger.reading.forms import FormCells
from engine.papers.board_page import page
from engine.papers.page_parts import FIRST_LINE
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.ledger_review import Review, review
from engine.service.burden import burden_of_journal
from engine.service.host import Station
from engine.service.places import place_of
from sms.inbound import ReplyMeaning
from sms.numbers import mask_mobile, mask_numbers
from sms.outbox import Outbox
from sms.store.keys import number_of
from sms.store.model import State

PAGE_NAME = "看板.html"
LONGEST_REPLY = 30
"""Characters of a reply that 今日待办 shows; `outbox replies` shows the whole."""


def board_of(ledger: Ledger, reviewed: Review, policies: Policies) -> BoardFigures:
    """The figures of a review of ``ledger``."""
    return board(ledger, reviewed, policy_of_ledger(ledger, policies, reviewed.at))


def rendered(ledger: Ledger, station: Station, policies: Policies, now: datetime) -> str:
    """看板.html at ``now``, with what this host's journal knows of SMS."""
    sent = station.outbox.history(ledger.settings.ledger_id)
    reviewed = review(ledger, sent, policies, now, ledger.settings.enabled_from)
    asked = burden_of_journal(station.outbox, ledger, policies, now)
    return page(ledger, board_of(ledger, reviewed, policies), asked)


def changes_of_forms(
    forms: dict[str, FormCells],
    ledger: Ledger,
    reviewed: Review,
    shown: BoardFigures,
    station: Station,
    policies: Policies,
) -> list[Change]:
    """What must change for 统计看板 and 今日待办 to be true, where the book has them."""
    if not forms:
        return []
    found = station.outbox.messages(ledger.settings.ledger_id, State.NEEDS_HUMAN)
    unsettled = [Unsettled(number_of(cover.key), cover.key.matter) for one in found for cover in one.covers]
    policy = policy_of_ledger(ledger, policies, reviewed.at)
    unread = unread_replies(station.outbox, ledger.settings.ledger_id)
    return form_changes(forms, shown, waiting(ledger, reviewed, policy, unsettled, unread))


def unread_replies(outbox: Outbox, ledger_id: str) -> list[UnreadReply]:
    """The replies to SMS of this ledger that wait to be read, oldest first, each with its matter where that is sure."""
    found: list[UnreadReply] = []
    for reply in outbox.replies(ReplyMeaning.TO_READ, ledger=ledger_id):
        message = outbox.message(reply.message_id) if reply.message_id else None
        matter = message.covers[0].key.matter if message and message.covers else ""
        who = f"{message.unit}{message.name}" if message else mask_mobile(reply.mobile)
        text = mask_numbers(printable(reply.text))
        said = text if len(text) <= LONGEST_REPLY else f"{text[:LONGEST_REPLY]}…"
        found.append(UnreadReply(matter, f"{who}{reply.at:%m月%d日%H:%M}回复短信“{said}”，请看后处理"))
    return found


def page_path(book: Path, ledger_id: str) -> Path:
    """看板.html in the ledger's folder, or a name of its own where that is another ledger's."""
    usual = book.with_name(PAGE_NAME)
    try:
        with usual.open(encoding="utf-8", errors="replace") as file:
            first = file.readline(500)
    except OSError:
        return usual
    is_anothers = first.startswith(FIRST_LINE) and ledger_id not in first
    return book.with_name(f"{book.stem}-{PAGE_NAME}") if is_anothers else usual


def write_page(book: Path, ledger: Ledger, shown: BoardFigures, station: Station, policies: Policies) -> None:
    """Write the page beside the book. Raises OutputRefused, OSError."""
    target = page_path(book, ledger.settings.ledger_id)
    known = station.remembrance.of(place_of(book)).sms
    asked = burden_of_journal(station.outbox, ledger, policies, shown.at, known)
    station.config.outputs(book).replace((target, page(ledger, shown, asked).encode()))

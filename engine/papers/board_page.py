"""看板.html: the board as one self-contained page for phones, screens and paper.

Everything that comes from a cell is escaped; no script and no style but our own may run (Content-Security-Policy, by
their hashes), and nothing is fetched. Without scripts the page shows everything, only unfiltered.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib.resources import files

from engine.board.figures import BoardFigures, Lights, ReviewedMatter, is_late
from engine.board.timeline import timeline
from engine.facts.ledger import Ledger
from engine.facts.moment import as_written
from engine.papers.burden_words import UNIT_COLUMNS, summary
from engine.policy.ladders import LightBand
from engine.review.burden import Burden
from sms.numbers import mask_numbers

MOST_ASKED = 10
MOST_MATTERS = 1_000
"""Matters on the page: more would be slow on a phone. The gravest come first; the rest are counted."""
FIRST_LINE = "<!DOCTYPE html><!-- duban-output "
"""How the page begins, followed by the 台账标识 that it belongs to."""
GREY, GREY_INK = "616161", "FFFFFF"
_HOLE = re.compile(r"\{\{([a-z-]+)\}\}")


def page(ledger: Ledger, board: BoardFigures, burden: Burden) -> str:
    """The whole page; the same for the same board and the same month of SMS."""
    style, script = _part("board_page.css") + _colours(board.bands), _part("board_page.js")
    ordered = sorted(board.matters, key=lambda one: _gravity(board, one))
    kept = ordered[:MOST_MATTERS]
    more = len(ordered) - len(kept)
    groups = (("承办单位", board.by_unit), ("版块", board.by_board), ("责任领导", board.by_leader))
    filled = {
        "style-hash": _hash(style),
        "script-hash": _hash(script),
        "style": style,
        "script": script,
        "ledger": _text(ledger.settings.ledger_id),
        "office": _text(board.office or "督查室"),
        "at": f"{board.at:%Y-%m-%d %H:%M}",
        "tiles": _tiles(board),
        "lights": _choices("全部", (one.light for one in kept)),
        "units": _choices("全部", (one.unit for one in kept)),
        "sections": _choices("全部", (one.section for one in kept)),
        "leaders": _choices("全部", (one.leader for one in kept)),
        "count": str(len(kept)),
        "more": f"另有{more}项没有列出，请看台账。" if more else "",
        "matters": "".join(_matter(ledger, board, one) for one in kept),
        "tables": "".join(_table(title, board.bands, lights) for title, lights in groups) + _asked(burden),
        "burden": "".join(f"<p>{_text(line)}</p>" for line in summary(burden)),
    }
    # One sweep: the text of a cell is never searched for placeholders.
    return _HOLE.sub(lambda hole: filled[hole[1]], _part("board_page.html"))


def _part(name: str) -> str:
    return (files("engine.papers") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _text(text: str) -> str:
    """Text of a cell, safe between tags and in quoted attributes, without mobile numbers and control characters."""
    printable = "".join(sign for sign in text if sign.isprintable() or sign == " ")
    return escape(mask_numbers(printable), quote=True)


def _colours(bands: Iterable[LightBand]) -> str:
    rules = [f".light-{at} {{ background: #{band.colour}; color: #{band.ink}; }}\n" for at, band in enumerate(bands)]
    return "".join((*rules, f".light-closed {{ background: #{GREY}; color: #{GREY_INK}; }}\n"))


def _gravity(board: BoardFigures, one: ReviewedMatter) -> tuple[int, str, str]:
    """The latest band first, closed matters last; in each the earliest deadline first."""
    words = [band.word for band in board.bands]
    place = len(words) - words.index(one.light) if one.light in words else len(words) + 1
    due = one.shown.current_due
    return place, f"{due:%Y-%m-%d %H:%M}" if due else "9", one.matter.number


def _class(bands: Iterable[LightBand], word: str) -> str:
    return next((f"light-{at}" for at, band in enumerate(bands) if band.word == word), "light-closed")


def _tiles(board: BoardFigures) -> str:
    total = board.total
    counted = zip(board.bands, board.lights.counts, strict=True)
    lights = "".join(
        f'<div class="tile {_class(board.bands, band.word)}">{_text(band.word)}灯<b>{count}</b></div>'
        for band, count in counted
    )
    others = (
        ("在办", board.lights.open),
        ("7天内到期", len(board.due_soon)),
        ("本月立项", board.this_month.taken_in),
        ("本月办结", board.this_month.closed),
        ("办结率%", "—" if total.completion_rate is None else f"{total.completion_rate:g}"),
        ("按时率%", "—" if total.punctuality is None else f"{total.punctuality:g}"),
    )
    return lights + "".join(f'<div class="tile">{label}<b>{value}</b></div>' for label, value in others)


def _choices(every: str, values: Iterable[str]) -> str:
    words = sorted({value for value in values if value})
    return f'<option value="">{every}</option>' + "".join(f"<option>{_text(word)}</option>" for word in words)


def _table(title: str, bands: tuple[LightBand, ...], groups: Iterable[Lights]) -> str:
    heads = "".join(f'<th scope="col">{_text(band.word)}</th>' for band in bands)
    rows = "".join(
        f'<tr><th scope="row">{_text(one.name)}</th>'
        + "".join(f"<td>{count}</td>" for count in one.counts)
        + f"<td>{one.open}</td></tr>"
        for one in groups
    )
    head = f'<thead><tr><th scope="col">{title}</th>{heads}<th scope="col">在办</th></tr></thead>'
    return f"<table><caption>按{title}（逾期多的在前）</caption>{head}<tbody>{rows}</tbody></table>"


def _asked(burden: Burden) -> str:
    rows = "".join(
        f'<tr><th scope="row">{_text(one.unit)}</th><td>{one.asked}</td><td>{one.messages}</td></tr>'
        for one in burden.by_unit[:MOST_ASKED]
    )
    heads = "".join(f'<th scope="col">{word}</th>' for word in UNIT_COLUMNS)
    title = f"<caption>本月要求报送最多的单位</caption><thead><tr>{heads}</tr></thead>"
    return f"<table>{title}<tbody>{rows}</tbody></table>" if rows else ""


def _matter(ledger: Ledger, board: BoardFigures, one: ReviewedMatter) -> str:
    matter, shown = one.matter, one.shown
    late = any(band.word == one.light and is_late(band) for band in board.bands)
    due = f"{shown.current_due:%m-%d %H:%M}{'' if not late else ' 已逾期'}" if shown.current_due else ""
    names = (("light", one.light), ("unit", one.unit), ("section", one.section), ("leader", one.leader))
    data = " ".join(f'data-{name}="{_text(value)}"' for name, value in names)
    mark = f' <span class="mark">{_text(shown.escalation)}</span>' if shown.escalation else ""
    facts = (
        ("状态", one.figures.status.value),
        ("当前节点", shown.current_duty or ""),
        ("最新进展", shown.latest_progress or ""),
        ("责任领导", one.leader),
        ("配合单位", "、".join(matter.cooperating_units)),
        ("逾期", f"{shown.overdue_count or 0}次，催办{shown.urging_count or 0}次"),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in facts if value)
    events = "".join(
        f"<li{' class=ahead' if event.ahead else ''}><time>{as_written(event.at)}</time>{_text(event.text)}</li>"
        for event in timeline(ledger, one)
    )
    return (
        f"<details {data}><summary>"
        f'<span class="light {_class(board.bands, one.light)}">{_text(one.light or "—")}</span>'
        f'<span class="number">{_text(matter.number)}</span><span class="content">{_text(one.content)}{mark}</span>'
        f'<span class="unit">{_text(one.unit)}</span><span class="due">{due}</span></summary>'
        f'<div class="body"><dl>{listed}</dl><ol>{events}</ol></div></details>\n'
    )

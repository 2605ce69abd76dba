"""看板.html: the board as one self-contained page for phones, screens and paper."""

from collections.abc import Iterable

from engine.board.figures import BoardFigures, Lights, ReviewedMatter, is_late
from engine.board.timeline import timeline
from engine.facts.ledger import Ledger
from engine.facts.moment import as_written
from engine.papers.burden_words import UNIT_COLUMNS, summary
from engine.papers.page_parts import assembled, attributes, choices, light_class, light_tile, text, tile
from engine.policy.ladders import LightBand
from engine.review.burden import Burden

MOST_ASKED = 10
MOST_MATTERS = 1_000
"""Matters on the page: more would be slow on a phone. The gravest come first; the rest are counted."""


def page(ledger: Ledger, board: BoardFigures, burden: Burden) -> str:
    """The whole page; the same for the same board and the same month of SMS."""
    ordered = sorted(board.matters, key=lambda one: _gravity(board, one))
    kept = ordered[:MOST_MATTERS]
    more = len(ordered) - len(kept)
    groups = (("承办单位", board.by_unit), ("版块", board.by_board), ("责任领导", board.by_leader))
    filled = {
        "title": "督办看板",
        "section": "版块",
        "owner": text(ledger.settings.ledger_id),
        "office": text(board.office or "督查室"),
        "at": f"{board.at:%Y-%m-%d %H:%M}",
        "tiles": _tiles(board),
        "lights": choices(one.light for one in kept),
        "units": choices(one.unit for one in kept),
        "sections": choices(one.section for one in kept),
        "leaders": choices(one.leader for one in kept),
        "count": str(len(kept)),
        "more": f"另有{more}项没有列出，请看台账。" if more else "",
        "matters": "".join(_matter(ledger, board, one) for one in kept),
        "tables": "".join(_table(title, board.bands, lights) for title, lights in groups) + _asked(burden),
        "matters-title": "事项",
        "before-matters": "",
        "after-matters": _burden(burden),
    }
    return assembled(board.bands, filled)


def _gravity(board: BoardFigures, one: ReviewedMatter) -> tuple[int, str, str]:
    """The latest band first, closed matters last; in each the earliest deadline first."""
    words = [band.word for band in board.bands]
    place = len(words) - words.index(one.light) if one.light in words else len(words) + 1
    due = one.shown.current_due
    return place, f"{due:%Y-%m-%d %H:%M}" if due else "9", one.matter.number


def _tiles(board: BoardFigures) -> str:
    total = board.total
    counted = zip(board.bands, board.lights.counts, strict=True)
    lights = "".join(light_tile(board.bands, band.word, count) for band, count in counted)
    others = (
        ("在办", board.lights.open),
        ("7天内到期", len(board.due_soon)),
        ("本月立项", board.this_month.taken_in),
        ("本月办结", board.this_month.closed),
        ("办结率%", "—" if total.completion_rate is None else f"{total.completion_rate:g}"),
        ("按时率%", "—" if total.punctuality is None else f"{total.punctuality:g}"),
    )
    return lights + "".join(tile(label, value) for label, value in others)


def _table(title: str, bands: tuple[LightBand, ...], groups: Iterable[Lights]) -> str:
    heads = "".join(f'<th scope="col">{text(band.word)}</th>' for band in bands)
    rows = "".join(
        f'<tr><th scope="row">{text(one.name)}</th>'
        + "".join(f"<td>{count}</td>" for count in one.counts)
        + f"<td>{one.open}</td></tr>"
        for one in groups
    )
    head = f'<thead><tr><th scope="col">{title}</th>{heads}<th scope="col">在办</th></tr></thead>'
    return f"<table><caption>按{title}（逾期多的在前）</caption>{head}<tbody>{rows}</tbody></table>"


def _burden(burden: Burden) -> str:
    lines = "".join(f"<p>{text(line)}</p>" for line in summary(burden))
    return f'<section class="burden" aria-label="短信负担"><h2>本月短信</h2>{lines}</section>'


def _asked(burden: Burden) -> str:
    rows = "".join(
        f'<tr><th scope="row">{text(one.unit)}</th><td>{one.asked}</td><td>{one.messages}</td></tr>'
        for one in burden.by_unit[:MOST_ASKED]
    )
    heads = "".join(f'<th scope="col">{word}</th>' for word in UNIT_COLUMNS)
    title = f"<caption>本月要求报送最多的单位</caption><thead><tr>{heads}</tr></thead>"
    return f"<table>{title}<tbody>{rows}</tbody></table>" if rows else ""


def _matter(ledger: Ledger, board: BoardFigures, one: ReviewedMatter) -> str:
    matter, shown = one.matter, one.shown
    late = any(band.word == one.light and is_late(band) for band in board.bands)
    due = (
        f"{shown.current_due:%m-%d %H:%M}{' 已逾期' if late else ''}"
        if shown.current_due
        else shown.overdue_state or ""
    )
    names = (("light", one.light), ("unit", one.unit), ("section", one.section), ("leader", one.leader))
    mark = f' <span class="mark">{text(shown.escalation)}</span>' if shown.escalation else ""
    facts = (
        ("状态", one.figures.status.value),
        ("当前节点", shown.current_duty or ""),
        ("最新进展", shown.latest_progress or ""),
        ("责任领导", one.leader),
        ("配合单位", "、".join(matter.cooperating_units)),
        ("逾期", f"{shown.overdue_count or 0}次，催办{shown.urging_count or 0}次"),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{text(value)}</dd>" for name, value in facts if value)
    events = "".join(
        f"<li{' class=ahead' if event.ahead else ''}><time>{as_written(event.at)}</time>{text(event.text)}</li>"
        for event in timeline(ledger, one)
    )
    return (
        f"<details {attributes(names)}><summary>"
        f'<span class="light {light_class(board.bands, one.light)}">{text(one.light or "—")}</span>'
        f'<span class="number">{text(matter.number)}</span><span class="content">{text(one.content)}{mark}</span>'
        f'<span class="unit">{text(one.unit)}</span><span class="due">{text(due)}</span></summary>'
        f'<div class="body"><dl>{listed}</dl><ol>{events}</ol></div></details>\n'
    )

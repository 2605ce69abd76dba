"""总览.html: every ledger of a centre on one page, those with the most overdue first, and each overdue matter."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.board.digest import DigestLight, LedgerDigest, OverdueMatter
from engine.papers.page_parts import assembled, attributes, choices, light_class, light_tile, text, tile

MOST_MATTERS = 1_000
"""Matters on the page: more would be slow on a phone. The longest overdue come first; the rest are counted."""
UNSEEN = "尚未处理过"
_HEADS = '<th scope="col">在办</th><th scope="col" class="seen">最近处理</th><th scope="col">情况</th>'


@dataclass(frozen=True, slots=True)
class OverviewLedger:
    """One ledger of the centre: its file, its digest (``None`` before its first pass), what keeps it from working."""

    name: str
    digest: LedgerDigest | None
    last_pass_at: datetime | None
    problem: str = ""

    @property
    def office(self) -> str:
        """Whose ledger it is: the office's name, or the file's where no office is named."""
        return (self.digest.office if self.digest else "") or self.name

    @property
    def overdue(self) -> int:
        """How many of its open matters are overdue."""
        return sum(light.count for light in self.digest.lights if light.late) if self.digest else 0


def overview(centre: str, ledgers: Sequence[OverviewLedger], at: datetime) -> str:
    """The whole page; the same for the same digests."""
    ordered = sorted(ledgers, key=lambda one: (not one.problem, -one.overdue, one.office))
    found = [one.digest for one in ordered if one.digest]
    lights = _totals(found)
    late = sorted(
        ((one.office, matter) for one in ordered if one.digest for matter in one.digest.overdue),
        key=lambda pair: (pair[1].due, pair[0], pair[1].number),
    )
    kept = late[:MOST_MATTERS]
    more = len(late) - len(kept) + sum(digest.more for digest in found)
    filled = {
        "title": "督办总览",
        "section": "台账",
        "owner": text(centre),
        "office": text(centre),
        "at": f"{at:%Y-%m-%d %H:%M}",
        "tiles": _tiles(ordered, found, lights),
        "lights": choices(matter.light for _, matter in kept),
        "units": choices(matter.unit for _, matter in kept),
        "sections": choices(office for office, _ in kept),
        "leaders": choices(matter.leader for _, matter in kept),
        "count": str(len(kept)),
        "more": f"另有{more}项逾期事项没有列出，请看各台账。" if more else "",
        "matters": "".join(_matter(lights, office, matter) for office, matter in kept),
        "tables": "",
        "matters-title": "逾期事项",
        "before-matters": _table(ordered, lights),
        "after-matters": "",
    }
    return assembled(lights, filled)


def _totals(found: Iterable[LedgerDigest]) -> list[DigestLight]:
    """Every light of any regime once, with the matters of all ledgers; the colour is that of the first."""
    first: dict[str, DigestLight] = {}
    counts: Counter[str] = Counter()
    for digest in found:
        for light in digest.lights:
            first.setdefault(light.word, light)
            counts[light.word] += light.count
    return [DigestLight(one.word, one.colour, one.ink, one.late, counts[one.word]) for one in first.values()]


def _tiles(ledgers: Sequence[OverviewLedger], found: Sequence[LedgerDigest], lights: Sequence[DigestLight]) -> str:
    others = (
        ("台账", len(ledgers)),
        ("需处理", sum(bool(one.problem) or one.digest is None for one in ledgers)),
        ("在办", sum(digest.open for digest in found)),
        ("7天内到期", sum(digest.due_soon for digest in found)),
        ("本月立项", sum(digest.taken_in for digest in found)),
        ("本月办结", sum(digest.closed for digest in found)),
    )
    counted = "".join(light_tile(lights, one.word, one.count) for one in lights)
    return counted + "".join(tile(label, value) for label, value in others)


def _table(ledgers: Iterable[OverviewLedger], lights: Sequence[DigestLight]) -> str:
    heads = "".join(f'<th scope="col">{text(one.word)}</th>' for one in lights)
    rows = "".join(_row(one, lights) for one in ledgers)
    head = f'<tr><th scope="col">台账</th>{heads}{_HEADS}</tr>'
    return (
        '<section class="ledgers" aria-label="各台账"><h2>各台账（有问题的、逾期多的在前）</h2>'
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table></section>"
    )


def _row(one: OverviewLedger, lights: Iterable[DigestLight]) -> str:
    counts = {light.word: light.count for light in one.digest.lights} if one.digest else {}
    cells = "".join(f"<td>{counts.get(light.word, '—')}</td>" for light in lights)
    seen = f"{one.last_pass_at:%m-%d %H:%M}" if one.last_pass_at else "—"
    state = one.problem or ("正常" if one.digest else UNSEEN)
    return (
        f'<tr><th scope="row">{text(one.office)}</th>{cells}<td>{one.digest.open if one.digest else "—"}</td>'
        f'<td class="seen">{seen}</td><td class="state">{text(state)}</td></tr>'
    )


def _matter(lights: Sequence[DigestLight], office: str, one: OverdueMatter) -> str:
    names = (("light", one.light), ("unit", one.unit), ("section", office), ("leader", one.leader))
    mark = f' <span class="mark">{text(one.mark)}</span>' if one.mark else ""
    facts = (("台账", office), ("当前节点", one.node), ("责任领导", one.leader), ("升级标记", one.mark))
    listed = "".join(f"<dt>{name}</dt><dd>{text(value)}</dd>" for name, value in facts if value)
    return (
        f"<details {attributes(names)}><summary>"
        f'<span class="light {light_class(lights, one.light)}">{text(one.light or "—")}</span>'
        f'<span class="number">{text(one.number)}</span><span class="content">{text(one.content)}{mark}</span>'
        f'<span class="unit">{text(office)} · {text(one.unit)}</span>'
        f'<span class="due">{one.due:%m-%d %H:%M} 已逾期</span></summary>'
        f'<div class="body"><dl>{listed}</dl></div></details>\n'
    )

"""Publishing freezes a quarter: what later facts change is corrected in the next open quarter, never in the past.

The published entries and their digest stand in the workbook; computing them anew from the same facts gives the same
digest.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from engine.facts.faults import DubanError
from engine.facts.finding import Finding, Place, error, hint
from engine.facts.points import PointEntry, PointKind, Quarter, in_order, shown_points
from engine.ledger.headings.columns import POINT_ENTRIES, QUARTER_SCORES
from engine.rules.points import entered
from engine.rules.points.account import Account
from engine.rules.points.scored import tenths

Row = Mapping[str, object]
_KINDS = {kind.value: kind for kind in PointKind}


class NotPublishable(DubanError):
    """The quarter cannot be published; the message states the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Published:
    """One published quarter: its entries, by whom and when, and the digest given then."""

    quarter: Quarter
    entries: tuple[PointEntry, ...]
    scorer: str
    at: datetime | None
    digest: str

    @property
    def is_intact(self) -> bool:
        """Whether the entries are still those that were published."""
        return digest_of(self.entries) == self.digest


Past = Mapping[Quarter, Published]


def digest_of(entries: Iterable[PointEntry]) -> str:
    """16 characters that change with any entry of a quarter, whatever their order."""
    lines = sorted(json.dumps(_written(entry), ensure_ascii=False) for entry in entries)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _written(entry: PointEntry) -> list[str | int | None]:
    """An entry as a cell returns it: blanks in a text do not count."""
    words = (entry.unit, entry.role, entry.matter, entry.clause, entry.kind.value, entry.evidence, entry.scorer)
    more = (entry.cause, entry.corrects, entry.date.isoformat())
    return ["".join(word.split()) for word in (*words, *more)] + [entry.tenths, entry.reading]


# ---- the sheets ----


def entry_row(entry: PointEntry, at: datetime) -> dict[str, str | int | float | datetime | None]:
    """One row of 积分明细. The number is made of what the entry is: appending it twice is harmless."""
    number = hashlib.sha256("|".join(entry.key).encode()).hexdigest()[:10]
    return {
        "number": f"{entry.quarter}-{number}",
        "quarter": str(entry.quarter),
        "unit": entry.unit,
        "role": entry.role,
        "matter": entry.matter or None,
        "clause": entry.clause,
        "kind": entry.kind.value,
        "points": entry.points,
        "date": datetime(entry.date.year, entry.date.month, entry.date.day),
        "evidence": entry.evidence,
        "scorer": entry.scorer,
        "reading": entry.reading,
        "cause": entry.cause or None,
        "corrects": entry.corrects or None,
        "published_at": at,
    }


def published_quarters(entry_rows: Iterable[Row], score_rows: Iterable[Row]) -> dict[Quarter, Published]:
    """The published quarters, as the two sheets hold them. Rows that cannot be read are left out; the digest shows
    it.
    """
    scores = [row for row in score_rows if _quarter(row) and row.get("digest")]
    heads = {quarter: row for row in scores if (quarter := _quarter(row))}
    entries = [entry for row in entry_rows if (entry := _entry(row))]
    entries.sort(key=lambda entry: entry.quarter)
    found = {quarter: tuple(group) for quarter, group in groupby(entries, key=lambda entry: entry.quarter)}
    return {
        quarter: Published(
            quarter, found.get(quarter, ()), str(head.get("scorer") or ""), _moment(head), str(head["digest"])
        )
        for quarter, head in sorted(heads.items())
    }


def _quarter(row: Row) -> Quarter | None:
    try:
        return Quarter.parse(str(row.get("quarter") or ""))
    except ValueError:
        return None


def _moment(row: Row) -> datetime | None:
    at = row.get("published_at")
    return at if isinstance(at, datetime) else None


def _entry(row: Row) -> PointEntry | None:
    day, amount, kind = row.get("date"), row.get("points"), _KINDS.get(str(row.get("kind") or ""))
    if not isinstance(day, date) or not isinstance(amount, (int, float)) or kind is None:
        return None
    reading = row.get("reading")
    words = {name: str(row.get(name) or "") for name in ("unit", "role", "matter", "clause", "evidence", "scorer")}
    return PointEntry(
        **words,
        kind=kind,
        tenths=tenths(float(amount)),
        date=day.date() if isinstance(day, datetime) else day,
        reading=reading if isinstance(reading, int) else None,
        cause=str(row.get("cause") or ""),
        corrects=str(row.get("corrects") or ""),
    )


# ---- what counts ----


def settled(account: Account, past: Past) -> tuple[PointEntry, ...]:
    """The entries that count: published ones as they were, the others by today's facts, and what must be corrected."""
    if not past:
        return account.entries
    frozen = [_renamed(entry, account) for one in past.values() for entry in one.entries]
    fresh = [entry for entry in account.entries if entry.quarter not in past]
    return tuple(in_order([*frozen, *fresh, *_corrections(account, past, frozen)]))


def _renamed(entry: PointEntry, account: Account) -> PointEntry:
    """A unit that bears another name now keeps its points (别名)."""
    unit = account.ledger.directory.find(entry.unit)
    return replace(entry, unit=unit.name) if unit and unit.name != entry.unit else entry


def _corrections(account: Account, past: Past, frozen: list[PointEntry]) -> Iterator[PointEntry]:
    """One entry for each subject whose points are no longer those that were published, in the first open quarter."""
    is_now = {_subject(entry): entry for entry in account.entries if entry.quarter in past}
    was = {_subject(entry): entry for entry in frozen}
    counted: Counter[tuple[str, ...]] = Counter()
    for entry in frozen:
        counted[_subject(entry)] += entry.tenths
    day = _correction_day(past, account.now)
    for thing in sorted(is_now.keys() | was.keys()):
        now_tenths = is_now[thing].tenths if thing in is_now else 0
        difference = now_tenths - counted[thing]
        if difference:
            source = is_now.get(thing) or was[thing]
            quarter = source.corrects or str(source.quarter)
            before, after = shown_points(counted[thing]), shown_points(now_tenths)
            evidence = f"更正{quarter}：原计{before}分，应计{after}分（{_plain(source.evidence)}）"
            yield replace(source, tenths=difference, date=day, evidence=evidence, corrects=quarter)


def _plain(evidence: str) -> str:
    """The evidence without the words of an earlier correction around it."""
    return evidence.partition("（")[2].removesuffix("）") if evidence.startswith("更正") else evidence


def _subject(entry: PointEntry) -> tuple[str, ...]:
    """What an entry is about, wherever it was counted or corrected."""
    of = entry.corrects or str(entry.quarter)
    return (of, entry.unit, entry.role, entry.matter, entry.kind.value, entry.cause)


def open_quarter(past: Past) -> Quarter:
    """The first quarter after the last published one."""
    return max(past).following


def _correction_day(past: Past, now: datetime) -> date:
    """Today; where the open quarter is over and waits to be published, its last day."""
    quarter = open_quarter(past)
    return max(quarter.first, min(now.date(), quarter.last))


def past_findings(account: Account, past: Past) -> Iterator[Finding]:
    """SZ4-11: published rows that were changed afterwards, and what was entered for a published quarter."""
    clause = account.policy.citations.score_quarters
    for one in past.values():
        if not one.is_intact:
            problem = f"{one.quarter}通报后的积分明细被改动过，与校验码不符。"
            remedy = "请从备份恢复已通报的各行；确需改分的，请改事实，由程序在下一季度更正。"
            yield error(Place(POINT_ENTRIES.key), "published_changed", clause, problem, remedy)
    known = {_subject(_renamed(entry, account)) for one in past.values() for entry in one.entries}
    for one_item in account.entered:
        entry = entered.entry(one_item)
        if entry and entry.quarter in past and _subject(entry) not in known:
            problem = f"日期 {entry.date} 在已通报的{entry.quarter}，不改已通报的得分，在{open_quarter(past)}更正。"
            place = one_item.item.place.at("date")
            yield hint(place, "item_in_published_quarter", clause, problem, "日期填错的请改正。", entry.matter)


def check_signed(scorer: str) -> None:
    """Raises NotPublishable: nobody answers for these scores."""
    if not scorer.strip():
        raise NotPublishable("通报须写明评分人。请加上 --scorer 姓名。")


def check_publishable(quarter: Quarter, past: Past, scorer: str, now: datetime) -> None:
    """Raises NotPublishable."""
    check_signed(scorer)
    if quarter in past:
        raise NotPublishable(f"{quarter}已通报过，不能再次通报。事后的变化会在{open_quarter(past)}更正。")
    if now.date() <= quarter.last:
        raise NotPublishable(f"{quarter}还没有结束，不能通报。请在 {quarter.following.first} 以后再试。")
    if past and quarter != open_quarter(past):
        raise NotPublishable(f"请按先后通报：下一个应通报的是{open_quarter(past)}。")
    broken = [str(one.quarter) for one in past.values() if not one.is_intact]
    if broken:
        sheets = f"「{POINT_ENTRIES.name}」和「{QUARTER_SCORES.name}」"
        raise NotPublishable(f"{'、'.join(broken)}通报后，积分明细被改动过。请先从备份恢复{sheets}中的这些行。")

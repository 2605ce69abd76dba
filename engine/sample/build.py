"""A sample ledger as a whole: rows for every sheet, and the file."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.ledger.headings.columns import (
    CLUES,
    COMPLETIONS,
    EXTENSIONS,
    GROUPS,
    HIGH_WATER_PREFIX,
    HOLIDAYS,
    INSPECTION_SHEETS,
    MATTERS,
    POINT_EXCLUSIONS,
    POINT_ITEMS,
    REPORTS,
    SETTINGS,
    SUPERVISIONS,
    UNIT_GRADES,
    UNITS,
)
from engine.ledger.template.workbook import Row, setting_rows, workbook_bytes
from engine.policy.words import usual_words
from engine.sample import histories
from engine.sample.matters import MatterPlan, high_water, matter_row, plans
from engine.sample.office_time import as_moment
from engine.sample.people import Contacts, contacts
from engine.sample.regimes import Sample

RUNNING_NUMBERS = "已经用到的最大编号，删除事项后也不再重复使用，请勿改动"


def build_sample(sample: Sample, path: Path) -> None:
    """Write a sample ledger to ``path``: the same bytes every time."""
    path.write_bytes(workbook_bytes(sample_rows(sample), usual_words()))


def planted_faults(sample: Sample) -> dict[int, str]:
    """Row in 督办台账 → clause that the row breaks on purpose; every other row is clean under ``check``."""
    planned = plans(_load(sample, "matters")["matter"], sample)
    return {row: plan.spec["breaks"] for row, plan in enumerate(planned, start=2) if "breaks" in plan.spec}


def sample_rows(sample: Sample) -> Mapping[str, Iterable[Row]]:
    """Sheet key → rows, field → value."""
    directory, extra = _load(sample, "units"), _load(sample, "records")
    people = contacts(directory["units"], sample.unreachable, sample.absent)
    planned = plans(_load(sample, "matters")["matter"], sample)
    return {
        MATTERS.key: [matter_row(plan, sample, order) for order, plan in enumerate(planned, start=1)],
        **_records([plan for plan in planned if not plan.is_draft], people),
        POINT_ITEMS.key: _extra(extra, POINT_ITEMS.key, planned),
        POINT_EXCLUSIONS.key: _extra(extra, POINT_EXCLUSIONS.key, planned),
        UNIT_GRADES.key: _extra(extra, UNIT_GRADES.key, planned),
        CLUES.key: _extra(extra, CLUES.key, planned),
        **{sheet.key: _extra(extra, sheet.key, planned) for sheet in INSPECTION_SHEETS},
        HOLIDAYS.key: _extra(extra, HOLIDAYS.key, planned),
        UNITS.key: people.rows,
        GROUPS.key: [{"name": name, "members": members} for name, members in directory["groups"].items()],
        SETTINGS.key: [
            *setting_rows(sample.settings),
            *(
                {"key": HIGH_WATER_PREFIX + mark, "value": str(number), "explanation": RUNNING_NUMBERS}
                for mark, number in high_water(planned).items()
            ),
        ],
    }


def _load(sample: Sample, part: str) -> dict[str, Any]:
    return tomllib.loads((files("engine.sample") / f"{sample.prefix}_{part}.toml").read_text(encoding="utf-8"))


def _records(planned: list[MatterPlan], people: Contacts) -> Mapping[str, list[Row]]:
    handed_in = _by_time((row for plan in planned for row in histories.reports(plan, people)), "reported_at")
    return {
        REPORTS.key: [{**row, "number": f"反{number:04d}"} for number, row in enumerate(handed_in, start=1)],
        EXTENSIONS.key: _by_time((row for plan in planned for row in histories.extensions(plan)), "applied_at"),
        COMPLETIONS.key: _by_time(
            (row for plan in planned for row in histories.completions(plan, people)), "applied_at"
        ),
        SUPERVISIONS.key: _by_time((row for plan in planned for row in histories.supervisions(plan, people)), "at"),
    }


def _by_time(rows: Iterable[Row], field: str) -> list[Row]:
    return sorted(rows, key=lambda row: str(row[field]))


def _extra(extra: Mapping[str, Any], sheet: str, planned: list[MatterPlan]) -> list[Row]:
    """Rows that the file gives in full: dates as cell values, ``matter`` by the matter's key."""
    numbers = {plan.spec["key"]: plan.number for plan in planned}
    rows: list[Row] = []
    for entry in extra.get(sheet, ()):
        row = {field: as_moment(value) if field in ("date", "at") else value for field, value in entry.items()}
        if "matter" in row:
            row["matter"] = numbers[row["matter"]]
        rows.append(row)
    return rows

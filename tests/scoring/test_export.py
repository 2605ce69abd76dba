"""The annual assessment's file: its cost grows with the entries, and not with their square."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.points import PointEntry, PointKind, Quarter
from engine.papers.points_export import export_quarter
from engine.rules.points.account import Account
from engine.scores.scoring import quarter_scores
from tests.clauses.builders import LEAD, at, ledger, policies

Q1 = Quarter(2026, 1)


def entries(count: int) -> list[PointEntry]:
    return [
        PointEntry(
            LEAD, "牵头", f"2026-日-{n:04}", "SZ4-9.2", PointKind.TAKEN_IN, 5, date(2026, 3, 2), "依据", "督查室"
        )
        for n in range(count)
    ]


def looks_over_the_sheet(count: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often openpyxl walks through all cells to find the sheet's end while so many entries are exported."""
    looks = [0]
    plain = Worksheet.max_row.fget

    def counted(sheet: Worksheet) -> int:
        looks[0] += 1
        return plain(sheet)

    monkeypatch.setattr(Worksheet, "max_row", property(counted))
    account = Account(ledger(), policies(), at("2026-04-01 09:00"))
    made = entries(count)
    export = export_quarter(Q1, quarter_scores(made, account, Q1), made)
    path.write_bytes(export.workbook)
    path.with_suffix(".csv").write_bytes(export.csv)
    monkeypatch.undo()
    return looks[0]


def test_an_entry_more_is_a_row_more_and_no_look_over_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "考核.xlsx"
    few = looks_over_the_sheet(2, path, monkeypatch)
    many = looks_over_the_sheet(200, path, monkeypatch)
    assert many == few
    assert load_workbook(path)["积分明细"].max_row == 201
    assert len(path.with_suffix(".csv").read_text("utf-8-sig").splitlines()) == 201

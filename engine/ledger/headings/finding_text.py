"""A finding as text: the one rendering for console, macros and the sheet 校验结果."""

from collections.abc import Mapping

from engine.facts.finding import Finding, Place
from engine.ledger.headings.columns import BY_KEY

Letters = Mapping[tuple[str, str], str]


def address(place: Place, letters: Letters) -> str:
    """``督办台账!M12「牵头单位」``; what is not known of the place is left out."""
    sheet = BY_KEY.get(place.sheet)
    name = sheet.name if sheet else place.sheet
    letter = letters.get((place.sheet, place.field), "") if place.field else ""
    row = "" if place.row is None else str(place.row)
    cell = f"!{letter}{row}" if letter and row else f"!第{row}行" if row else f"!{letter}列" if letter else ""
    heading = column_heading(place)
    return f"{name}{cell}" + (f"「{heading}」" if heading else "")


def column_heading(place: Place) -> str:
    """The heading of the place's column; empty where it has none."""
    sheet = BY_KEY.get(place.sheet)
    if not sheet or not place.field:
        return place.field or ""
    return next((column.heading for column in sheet.columns if column.field == place.field), place.field)


def render(finding: Finding, letters: Letters) -> str:
    """One line: where, by which clause, what is wrong, what to do."""
    clause = f"〔{finding.clause}〕" if finding.clause else ""
    return f"{address(finding.place, letters)}{clause}{finding.problem}{finding.remedy}"


def finding_json(finding: Finding) -> dict[str, str | int | None]:
    """A finding as ``--json`` prints it: names and headings as they stand in the workbook."""
    sheet = BY_KEY.get(finding.place.sheet)
    return {
        "severity": finding.severity.value,
        "sheet": sheet.name if sheet else finding.place.sheet,
        "row": finding.place.row,
        "column": column_heading(finding.place) or None,
        "rule": finding.rule,
        "clause": finding.clause,
        "problem": finding.problem,
        "remedy": finding.remedy,
    }

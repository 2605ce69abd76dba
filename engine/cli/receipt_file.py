"""Receipts from the file that a provider's platform exports, for where nothing can be pushed."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import StringIO
from pathlib import Path

from engine.facts.faults import DubanError
from sms.inbound import StatusReport

LARGEST = 50 * 2**20
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mobile": ("手机号", "手机号码", "接收号码", "号码", "mobile"),
    "ref": ("批次号", "流水号", "回执编号", "msgGroup", "SerialNo", "BizId", "短信编号"),
    "state": ("状态", "发送状态", "状态报告", "回执状态", "reportStatus"),
    "at": ("回执时间", "接收时间", "送达时间", "receiveDate", "时间"),
}
_DELIVERED = ("成功", "已送达", "送达", "DELIVRD", "CM:0000", "SUCCESS", "发送成功", "接收成功")
_UNDELIVERED = ("失败", "未送达", "UNDELIV", "REJECTD", "EXPIRED", "FAIL", "发送失败", "接收失败")


class ReceiptFileError(DubanError):
    """The file cannot be read as an export of receipts; the message states what it should be."""


def read_receipts(path: Path) -> list[StatusReport]:
    """The reports of a CSV file; rows whose state is neither delivered nor undelivered are passed over.

    Raises:
        ReceiptFileError: too large, not readable, or without the columns that a receipt needs.
    """
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as fault:
        raise ReceiptFileError(f"读不到 {path.name}。请核对路径和权限。") from fault
    if len(data) > LARGEST:
        raise ReceiptFileError(f"{path.name} 过大。请按日期分几次导出。")
    rows = csv.reader(StringIO(_text(data, path)))
    try:
        headings = [heading.strip() for heading in next(rows, [])]
        places = {field: _place(headings, names) for field, names in _COLUMNS.items()}
        lacking = [names[0] for field, names in _COLUMNS.items() if places[field] is None and field != "at"]
        if lacking:
            raise ReceiptFileError(f"{path.name} 里没有“{'、'.join(lacking)}”列。请从短信平台导出 CSV，第一行为标题。")
        return list(_reports(rows, {field: place for field, place in places.items() if place is not None}))
    except csv.Error as fault:
        raise ReceiptFileError(f"{path.name} 不是有效的 CSV。请从短信平台重新导出。") from fault


def _reports(rows: Iterator[list[str]], places: Mapping[str, int]) -> Iterator[StatusReport]:
    for row in rows:
        cells = {field: row[place].strip().lstrip("'\t") for field, place in places.items() if place < len(row)}
        state = cells.get("state", "")
        if state in (*_DELIVERED, *_UNDELIVERED):
            said = f"运营商未送达（{state}）"
            yield StatusReport(
                cells.get("ref", ""), cells.get("mobile", ""), state in _DELIVERED, _time(cells.get("at")), said
            )


def _place(headings: list[str], names: tuple[str, ...]) -> int | None:
    return next((headings.index(name) for name in names if name in headings), None)


def _text(data: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReceiptFileError(f"{path.name} 的编码看不懂。请另存为 UTF-8 的 CSV。")


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat((text or "").replace("/", "-")).replace(tzinfo=None)
    except ValueError:
        return None

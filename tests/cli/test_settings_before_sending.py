"""What must stand in 参数设置 before anything goes out: said by check, and held by a pass, never sent unsigned."""

from pathlib import Path

import pytest
from openpyxl import load_workbook


def fill(path: Path, **settings: str) -> None:
    book = load_workbook(path)
    for row in book["参数设置"].iter_rows(min_row=2):
        if row[0].value in settings:
            row[1].value = settings[row[0].value]
    book.save(path)


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({}, set()),
        ({"短信发送": "开"}, {"signature_missing", "phone_missing"}),
        ({"短信发送": "试运行", "试运行号码": "13800138000"}, {"signature_missing", "phone_missing"}),
        ({"短信发送": "开", "短信签名": "某市政府督查室"}, {"phone_missing"}),
        ({"短信发送": "开", "短信签名": "某市政府督查室", "联系电话": "0349-2020000"}, set()),
    ],
)
def test_check_names_a_missing_signature_or_phone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer, settings: dict[str, str], rules: set[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    answer("new", "台账.xlsx")
    fill(tmp_path / "台账.xlsx", **settings)
    found = {one["rule"] for one in answer("check", "台账.xlsx", code=1)}
    assert found & {"signature_missing", "phone_missing"} == rules

"""The VBA runs: LibreOffice executes it in a macro workbook made of the same sources."""

from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from addin import build
from addin.building import package
from engine.facts.change import NewRow
from engine.ledger.file.differences import Differences, encode
from engine.ledger.headings.columns import MESSAGE_LOG
from tests.addin.checkers import office_macros

STUB = """Attribute VB_Name = "Runner"
Option Explicit
Private mCommand As String
Public Function RunPython(ByVal command As String) As Long
    mCommand = command
End Function
Public Function LastCommand() As String
    LastCommand = mCommand
End Function
Public Function Wording(ByVal key As String) As String
    Wording = key
End Function
Public Function HeartbeatText() As String
    HeartbeatText = ""
End Function
"""


def serial(moment: datetime) -> float:
    return (moment - datetime(1899, 12, 30)).total_seconds() / 86400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


def test_the_dispatcher_turns_a_tag_into_a_python_call(folder: Path) -> None:
    ribbon = next(module for module in build.sources() if module.name == "Ribbon")
    twin = folder / "twin.xlsm"
    twin.write_bytes(build.addin(package.MACRO_WORKBOOK, [ribbon, build.module("Runner", STUB)]))
    beat = "2026-03-02T09:30"
    answers = office_macros(
        twin,
        [
            ["Ribbon.Dispatch", "addin.macros:check_ledger"],
            ["Runner.LastCommand"],
            ["Ribbon.ServiceState", beat, serial(datetime(2026, 3, 2, 9, 59))],
            ["Ribbon.ServiceState", beat, serial(datetime(2026, 3, 2, 10, 0))],
            ["Ribbon.ServiceState", beat, serial(datetime(2026, 3, 2, 10, 1, 1))],
            ["Ribbon.ServiceState", "", serial(datetime(2026, 3, 2))],
            ["Ribbon.ServiceState", "not a time at all", serial(datetime(2026, 3, 2))],
            ["Ribbon.LookAgain"],
            ["Ribbon.Auto_Close"],
            ["Ribbon.LookAgainName"],
        ],
        folder / "profile",
    )
    assert answers[1:7] == [
        "import addin.macros; addin.macros.check_ledger()",
        "service_alive",
        "service_alive",
        "service_late",
        "service_unknown",
        "service_unknown",
    ]
    assert answers[-1] == "'twin.xlsm'!Ribbon.LookAgain"


def test_the_label_reads_the_heartbeat_beside_the_ledger(folder: Path) -> None:
    twin = folder / "beside.xlsm"
    twin.write_bytes(build.addin(package.MACRO_WORKBOOK))
    row = NewRow(MESSAGE_LOG.key, {"number": "S1", "text": "已逾期，请报送。" * 50}, "number")
    beat = datetime(2026, 3, 2, 9, 30)
    for name, rows in (("空", ()), ("满", (row,) * 9)):
        (folder / f"{name}.待同步.json").write_bytes(encode(Differences(str(uuid4()), beat, rows)))
    heads = office_macros(
        twin,
        [
            *(["Runner.ReadHead", str(folder / f"{name}.待同步.json")] for name in ("空", "满", "没有")),
            ["Runner.Beside", "\\\\server\\share\\a.b\\台账.xlsx", ".待同步.json"],
            ["Runner.Beside", "工作簿1", ".待同步.json"],
            ["Runner.HeartbeatIn", ""],
            ["Runner.Wording", "beside"],
        ],
        folder / "profile",
    )
    assert heads[2:] == ["", "\\\\server\\share\\a.b\\台账.待同步.json", "", "", ".待同步.json"]
    beats = office_macros(twin, [["Runner.HeartbeatIn", head] for head in heads[:2]], folder / "profile")
    assert beats == ["2026-03-02T09:30"] * 2


def test_the_command_line_and_the_settings(folder: Path) -> None:
    twin = folder / "whole.xlsm"
    twin.write_bytes(build.addin(package.MACRO_WORKBOOK))
    conf = '"INTERPRETER_MAC","x"\r\n"INTERPRETER_WIN","C:\\用户\\张三\\pythonw.exe"\r\n'
    answers = office_macros(
        twin,
        [
            ["Runner.CommandLine", "C:\\p\\pythonw.exe", "import a; a.b()", "台账 & calc.xlsx", 77],
            ["Runner.Setting", conf, "INTERPRETER_WIN"],
            ["Runner.Setting", conf, "PYTHONPATH"],
            ["Runner.IsFullPath", "C:\\用户\\pythonw.exe"],
            ["Runner.IsFullPath", "\\\\server\\share\\pythonw.exe"],
            ["Runner.IsFullPath", "python"],
            ["Runner.IsFullPath", 'C:\\p" & calc.exe'],
            ["Runner.IsFullPath", ""],
            ["Runner.IsPlainName", "2026年督办台账（一）.xlsx"],
            ["Runner.IsPlainName", "%TEMP%.xlsx"],
            ["Runner.IsPlainName", "a=b.xlsx"],
            ["Runner.Wording", "title"],
        ],
        folder / "profile",
    )
    assert answers == [
        '"C:\\p\\pythonw.exe" -I -B -c "import a; a.b()" "--wb=台账 & calc.xlsx" --from_xl=1 --hwnd=77',
        "C:\\用户\\张三\\pythonw.exe",
        "",
        True,
        True,
        False,
        False,
        False,
        True,
        False,
        False,
        "督办",
    ]

"""Independent programs that judge what the add-in room makes."""

import json
import os
import subprocess
from pathlib import Path

from tests.tools import missing, need

_NODE = Path(__file__).parents[1] / "node" / "node_modules" / ".bin"
_SYSTEM_PYTHON = "/usr/bin/python3"


def open_xml_faults(path: Path) -> list[str]:
    """What Microsoft's Open XML SDK finds wrong with a file."""
    validator = _NODE / "ooxml-validator"
    if not validator.exists():
        missing("ooxml-validator (npm ci in tests/node)")
    need("node")
    # The validator goes by the extension and does not open names that are not ASCII on every system.
    answer = subprocess.run([validator, path], capture_output=True, text=True, check=False)
    return [error["description"] for error in json.loads(answer.stdout)["errors"]]


def office_macros(book: Path, calls: list[list[object]], profile: Path) -> list[object]:
    """Run Basic functions of ``book`` in a headless LibreOffice; a call is [module.function, argument, …]."""
    need("soffice")
    if not Path(_SYSTEM_PYTHON).exists():
        missing("python3-uno")
    script = Path(__file__).with_name("office_script.py")
    answer = subprocess.run(
        [_SYSTEM_PYTHON, script, book, profile],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": ""},
    )
    if "No module named 'uno'" in answer.stderr:
        missing("python3-uno")
    assert answer.returncode == 0, answer.stderr
    return list(json.loads(answer.stdout))

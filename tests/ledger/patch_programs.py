"""Programs of other makes that judge patched workbooks: exceljs, LibreOffice, Microsoft's Open XML SDK."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl.utils.escape import unescape

from tests.ledger.patch_checks import Address, plain
from tests.tools import missing, need

_NODE_MODULES = Path(__file__).parents[1] / "node" / "node_modules"
_SCRIPT = Path(__file__).parent / "corpus" / "read_cells.cjs"


def exceljs_values(wanted: Mapping[Path, Sequence[Address]]) -> dict[Path, list[Any] | str]:
    """What exceljs reads in these cells; its complaint where it cannot read the book."""
    if not (_NODE_MODULES / "exceljs").exists():
        missing("exceljs (npm ci in tests/node)")
    answer = subprocess.run(
        [need("node"), _SCRIPT],
        input=json.dumps({str(book): cells for book, cells in wanted.items()}).encode(),
        capture_output=True,
        check=True,
        timeout=240,
        env={**os.environ, "NODE_PATH": str(_NODE_MODULES)},
    )
    found = json.loads(answer.stdout)
    return {
        Path(book): values if isinstance(values, str) else [_value(value) for value in values]
        for book, values in found.items()
    }


def open_xml_faults(books: Sequence[Path]) -> dict[Path, list[tuple[str, str]]]:
    """What the Open XML SDK finds wrong: kind and sentence of each fault, sorted."""
    validators = [*(_NODE_MODULES / "@xarsh").glob("ooxml-validator-*/ooxml-validator*")]
    if not validators:
        missing("ooxml-validator (npm ci in tests/node)")

    def faults(book: Path) -> list[tuple[str, str]]:
        answer = subprocess.run([validators[0], book], capture_output=True, check=False, timeout=120)
        errors = json.loads(answer.stdout)["errors"]
        return sorted((str(error["id"]), str(error["description"])) for error in errors)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(books, pool.map(faults, books), strict=True))


def _value(value: Any) -> Any:
    """exceljs, as openpyxl, leaves Excel's ``_xHHHH_`` in inline strings to its caller."""
    if isinstance(value, dict) and "date" in value:
        return plain(datetime.fromisoformat(value["date"].removesuffix("Z")))
    return plain(unescape(value) if isinstance(value, str) else value)

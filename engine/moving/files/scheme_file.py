"""导入方案.toml: how the columns were mapped, kept beside the ledger and used again for the next file of that shape."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from engine.facts.faults import DubanError
from engine.files.whole_file import replace_file
from engine.ledger.file.concurrent_access import reason
from engine.moving.dictionaries.loading import OURS

NAME = "导入方案.toml"
_LARGEST = 1 << 20
_HEAD = """# 导入方案：原表的表头 → 台账的列（由 duban import 写入，可以手工改）。
# 留空的列连同表头写入备注。可以填的：
"""


class UnreadableScheme(DubanError):
    """The file is no scheme of ours; the message states the remedy."""


def read_scheme(path: Path) -> Mapping[str, str]:
    """Heading → ours; empty where there is no such file. Raises UnreadableScheme."""
    if not path.exists():
        return {}
    remedy = f"请改正，或把 {path} 移走后重新导入。"
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableScheme(f"{path.name} 太大，不是导入方案。{remedy}")
        columns = tomllib.loads(path.read_text(encoding="utf-8")).get("列", {})
    except OSError as fault:
        raise UnreadableScheme(f"{path.name} 读不了：{reason(fault)}") from fault
    except UnicodeDecodeError as fault:
        raise UnreadableScheme(f"{path.name} 读不出来。{remedy}") from fault
    except tomllib.TOMLDecodeError as fault:
        raise UnreadableScheme(f"{path.name} 的写法不对（{fault}）。{remedy}") from fault
    if not isinstance(columns, dict):
        raise UnreadableScheme(f"{path.name} 里的“列”不是对照表。{remedy}")
    for heading, ours in columns.items():
        if ours not in OURS and ours != "":
            raise UnreadableScheme(f"{path.name} 里“{heading}”对应的“{ours}”不认识。{remedy}")
    return {str(heading): str(ours) for heading, ours in columns.items()}


def write_scheme(path: Path, columns: Mapping[str, str]) -> None:
    """Keep the mapping, together with what earlier files had. Raises UnreadableScheme."""
    merged = {**read_scheme(path), **columns}
    known = "".join(f"#   {ours}\n" for ours in sorted(OURS))
    lines = (f"{json.dumps(heading, ensure_ascii=False)} = {json.dumps(ours)}\n" for heading, ours in merged.items())
    try:
        replace_file(path, "".join((_HEAD, known, '\n["列"]\n', *lines)).encode())
    except OSError as fault:
        raise UnreadableScheme(f"{path.name} 写不了：{reason(fault)}") from fault

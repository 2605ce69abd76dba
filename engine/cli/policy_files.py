"""Policy files as commands take them: checked with all that lies beside them, every fault in one answer."""

from pathlib import Path

from engine.law.own_text import clause_faults
from engine.policy.loading import PolicyError, PolicyFile
from engine.policy.shelf import checked
from engine.service.policies import own_text


def checked_policy(file: Path) -> tuple[PolicyFile | None, list[str]]:
    """The policy of a file, ``None`` if it cannot be used, and all its faults, each led by its line.

    Raises PolicyFileError where the file cannot be read at all.
    """
    own = own_text(file)
    beside = tuple(own_text(path) for path in sorted(file.parent.glob("*.toml")) if path.name != file.name)
    found, faults = checked(own, beside)
    return found, [*faults, *(clause_faults(found, own.text) if found else ())]


def usable_policy(file: Path) -> PolicyFile:
    """The policy of a file without faults. Raises PolicyError."""
    found, faults = checked_policy(file)
    if found is None or faults:
        problem = f"有{len(faults)}处问题，如：{faults[0].rstrip('。')}。"
        raise PolicyError(f"制度文件 {file.name} {problem}请运行 duban policy check 逐条改正。")
    return found

"""Credentials: from the environment, or from a file that only its owner can read. Never from the workbook."""

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from sms.masking import keep_secret
from sms.store.model import SmsError


def load(names: tuple[str, ...], environment: Mapping[str, str], file: Path | None) -> tuple[SecretStr, ...]:
    """The values of ``names``, all from the environment or all from the TOML ``file``; masked from now on.

    Raises:
        SmsError: one is missing, or others can read the file. It names what is missing, never a value.
    """
    source = environment if all(environment.get(name) for name in names) else _read(file) if file else environment
    missing = [name for name in names if not source.get(name)]
    if missing:
        raise SmsError(f"缺少凭据 {'、'.join(missing)}：请设为环境变量，或写入只有本人可读的凭据文件。")
    values = [source[name] for name in names]
    keep_secret(*values)
    return tuple(SecretStr(value) for value in values)


def password(name: str, environment: Mapping[str, str], file: Path | None) -> SecretStr | None:
    """The one value ``name`` from the environment or from the TOML ``file``; ``None`` where neither is given.

    Raises:
        SmsError: the file cannot be read, others can read it, or it lacks the value.
    """
    if not environment.get(name) and file is None:
        return None
    return load((name,), environment, file)[0]


if sys.platform == "win32":
    from sms.gateways.windows_access import outsiders_of

    _MEND = "请在文件属性的“安全”里关闭继承，只留本人、SYSTEM 和 Administrators，再试"

    def _is_mine_alone(descriptor: int) -> bool:
        return not outsiders_of(descriptor)
else:
    _MEND = "请执行 chmod 600 后再试"

    def _is_mine_alone(descriptor: int) -> bool:
        """Of the opened file, not of its name: the name may be another file a moment later."""
        about = os.fstat(descriptor)
        return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _read(file: Path) -> dict[str, str]:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError as fault:
        raise SmsError(f"读不到凭据文件 {file.name}：请检查路径和权限。") from fault
    with os.fdopen(descriptor, "rb") as opened:
        if not _is_mine_alone(descriptor):
            raise SmsError(f"凭据文件 {file.name} 其他人也能读，已拒绝使用：{_MEND}。")
        try:
            table = tomllib.load(opened)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise SmsError(f'凭据文件 {file.name} 不是有效的 TOML，每行应为 名称 = "值"。') from None
    return {name: value for name, value in table.items() if isinstance(value, str)}

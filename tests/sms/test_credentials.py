"""Credentials from the environment or an owner-only file; never shown."""

from pathlib import Path

import pytest

from sms.gateways.credentials import load
from sms.gateways.windows_access import ADMINISTRATORS, EVERYONE, OWNER_RIGHTS, SYSTEM, Entry, outsiders
from sms.masking import mask_text
from sms.store.model import SmsError

NAMES = ("NAME_OF_ID", "NAME_OF_SECRET")


def _file(
    folder: Path, mode: int, text: str = 'NAME_OF_ID = "id-in-file"\nNAME_OF_SECRET = "secret-in-file"\n'
) -> Path:
    path = folder / "凭据.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def _values(environment: dict[str, str], file: Path | None) -> list[str]:
    return [one.get_secret_value() for one in load(NAMES, environment, file)]


def test_the_environment_comes_first(tmp_path: Path) -> None:
    environment = {"NAME_OF_ID": "id-in-env", "NAME_OF_SECRET": "secret-in-env"}
    assert _values(environment, _file(tmp_path, 0o600)) == ["id-in-env", "secret-in-env"]


def test_a_file_that_only_its_owner_reads_will_do(tmp_path: Path) -> None:
    for mode in (0o600, 0o400):
        assert _values({}, _file(tmp_path, mode)) == ["id-in-file", "secret-in-file"]
        (tmp_path / "凭据.toml").unlink()


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666, 0o777])
def test_a_file_that_others_touch_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SmsError, match="chmod 600") as refused:
        load(NAMES, {}, _file(tmp_path, mode))
    assert "secret" not in str(refused.value)


def test_through_a_link_the_true_file_is_judged(tmp_path: Path) -> None:
    link = tmp_path / "链接.toml"
    link.symlink_to(_file(tmp_path, 0o644))
    with pytest.raises(SmsError, match="chmod 600"):
        load(NAMES, {}, link)


@pytest.mark.parametrize("environment", [{}, {"NAME_OF_ID": "only-the-id"}, {"NAME_OF_ID": "x", "NAME_OF_SECRET": ""}])
def test_what_is_missing_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(SmsError, match="NAME_OF_SECRET") as missing:
        load(NAMES, environment, None)
    assert "only-the-id" not in str(missing.value)


def test_a_missing_file_or_no_toml_is_said(tmp_path: Path) -> None:
    with pytest.raises(SmsError, match="读不到凭据文件"):
        load(NAMES, {}, tmp_path / "没有.toml")
    with pytest.raises(SmsError, match="不是有效的 TOML") as broken:
        load(NAMES, {}, _file(tmp_path, 0o600, "NAME_OF_SECRET = secret-in-file"))
    assert "secret-in-file" not in str(broken.value)


def test_once_taken_it_is_masked() -> None:
    values = load(NAMES, {"NAME_OF_ID": "id-to-be-hidden", "NAME_OF_SECRET": "secret-to-be-hidden"}, None)
    assert "hidden" not in repr(values)
    assert mask_text("id-to-be-hidden secret-to-be-hidden") == "*** ***"


ME, COLLEAGUE, USERS = "S-1-5-21-1-2-3-1001", "S-1-5-21-1-2-3-1002", "S-1-5-32-545"
ALL, READ, ALLOW, DENY = 0x1F01FF, 0x120089, 0, 1
USUAL = [Entry(ALLOW, ALL, SYSTEM), Entry(ALLOW, ALL, ADMINISTRATORS), Entry(ALLOW, ALL, ME)]


@pytest.mark.parametrize(
    ("owner", "entries", "others"),
    [
        (ME, USUAL, []),
        (ADMINISTRATORS, USUAL, []),
        (ME, [Entry(ALLOW, READ, ME)], []),
        (ME, [Entry(ALLOW, READ, OWNER_RIGHTS)], []),
        (ME, [], []),
        (ME, None, [EVERYONE]),
        (ME, [*USUAL, Entry(ALLOW, READ, USERS)], [USERS]),
        (ME, [*USUAL, Entry(ALLOW, READ, EVERYONE)], [EVERYONE]),
        (ME, [*USUAL, Entry(ALLOW, 0x40000, COLLEAGUE)], [COLLEAGUE]),
        (ME, [*USUAL, Entry(ALLOW, 0, COLLEAGUE)], []),
        (ME, [*USUAL, Entry(DENY, ALL, USERS)], []),
        (ME, [*USUAL, Entry(9, READ, USERS)], [USERS]),
        (COLLEAGUE, USUAL, [COLLEAGUE]),
        (COLLEAGUE, [*USUAL, Entry(ALLOW, READ, OWNER_RIGHTS)], [COLLEAGUE]),
    ],
    ids=[
        "通常",
        "管理员所有",
        "只有本人",
        "所有者权利",
        "谁都不能读",
        "没有列表",
        "用户组可读",
        "人人可读",
        "同事能改列表",
        "同事没有权利",
        "明确拒绝的不算",
        "有条件的允许也算",
        "同事所有",
        "同事所有且有所有者权利",
    ],
)
def test_a_windows_access_list_with_others_in_it(owner: str, entries: list[Entry] | None, others: list[str]) -> None:
    assert outsiders(ME, owner, entries) == others

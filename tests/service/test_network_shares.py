"""A state folder on a share is seen, and said by doctor and before a start at boot is set up."""

from pathlib import Path

import pytest

from engine.cli.commands import delivery
from engine.cli.main import main
from engine.service import doctor, network_shares

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//server/office /mnt/office cifs rw 0 0
server:/home /mnt/office/inner\\040home nfs4 rw 0 0
/dev/sdb1 /mnt/office/local ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "is_remote"),
    [
        ("/var/lib/duban", False),
        ("/mnt/office", True),
        ("/mnt/office/state", True),
        ("/mnt/officer/state", False),
        ("/mnt/office/inner home/state", True),
        ("/mnt/office/local/state", False),
    ],
)
def test_the_innermost_mount_decides(path: str, is_remote: bool) -> None:
    assert network_shares.remote_by_mounts(Path(path), MOUNTS) is is_remote


def test_this_machines_own_disk_is_no_share(tmp_path: Path) -> None:
    assert not network_shares.is_on_share(tmp_path)


def test_what_is_on_a_share_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    config = tmp_path / "duban.toml"
    config.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    monkeypatch.setattr(doctor, "is_on_share", lambda path: True)
    monkeypatch.setattr(delivery, "is_on_share", lambda path: True)
    assert main(["install-service", "--dry-run", "--config", str(config)]) == 2
    assert "移到本机磁盘" in capsys.readouterr().err
    assert main(["doctor", "--config", str(config)]) == 1
    assert "网络共享" in capsys.readouterr().out.replace("\n", "")

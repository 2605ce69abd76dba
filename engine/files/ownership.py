"""Files that decide what the program does, or that hold full numbers: only one's own, or an administrator's.

Whoever can plant a file of settings in a folder where somebody runs a command could otherwise choose where SMS go.
"""

import os
import stat
import sys
from pathlib import Path

_ROOT = 0
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600

if sys.platform == "win32":  # unverified: no Windows was at hand when this was written
    import win32api
    import win32security

    _ADMINISTRATORS = ("S-1-5-18", "S-1-5-32-544", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464")
    """SYSTEM, Administrators, TrustedInstaller."""

    def foreign_owner(path: Path) -> bool:
        """Whether neither this user nor an administrator owns the file or folder. Raises OSError."""
        try:
            about = win32security.GetFileSecurity(str(path), win32security.OWNER_SECURITY_INFORMATION)
            token = win32security.OpenProcessToken(win32api.GetCurrentProcess(), win32security.TOKEN_QUERY)
            me, _ = win32security.GetTokenInformation(token, win32security.TokenUser)
        except win32security.error as fault:
            raise PermissionError(str(path)) from fault
        owner = about.GetSecurityDescriptorOwner()
        return owner != me and win32security.ConvertSidToStringSid(owner) not in _ADMINISTRATORS
else:

    def foreign_owner(path: Path) -> bool:
        """Whether somebody else can decide what stands there: it, or the link to it, is neither this user's nor an
        administrator's, or everybody may write to it. Raises OSError.
        """
        trusted = (os.geteuid(), _ROOT)
        link, true = path.lstat(), path.stat()
        is_open = bool(true.st_mode & stat.S_IWOTH) and not true.st_mode & stat.S_ISVTX
        return link.st_uid not in trusted or true.st_uid not in trusted or is_open


def nearest_foreign(path: Path) -> Path | None:
    """``path`` itself if it exists and is foreign, else the folder in which it would be made; ``None`` if neither is.

    Raises OSError.
    """
    there = path
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    return there if foreign_owner(there) else None


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, whatever the umask; one that is there is closed to others.

    Raises OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(_PRIVATE_FOLDER, exist_ok=True)
    close_to_others(folder, _PRIVATE_FOLDER)


def close_to_others(path: Path, mode: int = _PRIVATE_FILE) -> None:
    """Give a file or folder of ours the mode that shuts everybody else out. Raises OSError."""
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(mode)

"""Every system call on a ledger's folder, in one place, so that tests can make any of them fail, crash or come late."""

import contextlib
import ctypes
import errno
import os
import stat
import sys
from pathlib import Path
from typing import IO, BinaryIO

_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})
_SPECIAL = frozenset({errno.ELOOP, errno.ENXIO, errno.EISDIR})
_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"))
_GROUP_MAY_EDIT, _ALL_MAY_EDIT = 0o060, 0o006


class UnsupportedError(OSError):
    """The file system cannot do this; another way must be found."""


class NotRegularError(OSError):
    """A folder, a pipe, a device or a link stands where a file should: opening it could hang, or lead elsewhere."""


class Disk:
    """The system calls. Every method raises OSError as the system does, and :class:`UnsupportedError` where stated."""

    def names(self, folder: Path) -> list[str]:
        """The names in a folder."""
        return [entry.name for entry in folder.iterdir()]

    def stat(self, path: Path) -> os.stat_result:
        """Size, times, mode and owner."""
        return path.stat()

    def status(self, stream: IO[bytes]) -> os.stat_result:
        """The same of an open file, whatever name it has by now."""
        return os.fstat(stream.fileno())

    def open(self, path: Path) -> IO[bytes]:
        """Open for reading, unbuffered: a read is one system call. Only a regular file, never through a link and never
        waiting for a pipe: anybody may write to the folder. Raises :class:`NotRegularError`.
        """
        try:
            handle = os.open(path, _READ)
        except OSError as problem:
            if problem.errno in _SPECIAL:
                raise NotRegularError(problem.errno, "not a regular file") from problem
            raise
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise NotRegularError(errno.EINVAL, "not a regular file")
        return os.fdopen(handle, "rb", buffering=0)

    def create(self, path: Path) -> BinaryIO:
        """A new file that only we can read; an existing one is never opened (FileExistsError)."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(path, flags, 0o600), "w+b")

    def sync(self, stream: IO[bytes]) -> None:
        """Force what was written to the medium, so that no later rename can outlive the content."""
        stream.flush()
        os.fsync(stream.fileno())

    def sync_folder(self, folder: Path) -> None:
        """Force the names in a folder to the medium. Windows has no such call and needs none."""
        if sys.platform == "win32":
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def make_folder(self, folder: Path) -> None:
        """A folder, unless it is there, for whoever may use the one around it."""
        try:
            folder.mkdir()
        except FileExistsError:
            return
        if sys.platform != "win32":
            around = folder.parent.stat()
            with contextlib.suppress(PermissionError):
                os.chown(folder, -1, around.st_gid)
            folder.chmod(around.st_mode & 0o7777)

    def remove(self, path: Path) -> None:
        """Remove one file."""
        path.unlink()

    def overwrite(self, source: Path, target: Path) -> None:
        """Rename, replacing ``target`` in one step: only for files that are ours alone."""
        source.replace(target)

    def link(self, source: Path, target: Path) -> None:
        """A second name for the same file. Raises :class:`UnsupportedError` where there are none."""
        try:
            os.link(source, target)
        except OSError as problem:
            raise _unsupported(problem) from problem

    def rename(self, source: Path, target: Path) -> None:
        """Rename, never over an existing ``target`` (FileExistsError).

        Raises :class:`UnsupportedError` where neither a guarded rename nor a link is to be had.
        """
        if sys.platform == "win32":
            source.rename(target)  # refuses an existing target by itself
            return
        try:
            _renameat2(source, target, _NO_REPLACE)
        except UnsupportedError:
            self.link(source, target)
            source.unlink()

    def exchange(self, first: Path, second: Path) -> None:
        """Let two files change names in one step. Raises :class:`UnsupportedError`."""
        _renameat2(first, second, _EXCHANGE)

    def replace_keeping(self, new: Path, book: Path, old: Path) -> None:
        """``ReplaceFileW``: ``new`` takes the place of ``book``, which survives as ``old``.

        Raises :class:`UnsupportedError` on other systems than Windows.
        """
        if sys.platform == "win32":
            _replace_file(new, book, old)
        else:
            raise UnsupportedError(errno.ENOSYS, f"ReplaceFileW: {new.name} {book.name} {old.name}")

    def keep_access(self, original: os.stat_result, source: Path, stream: IO[bytes]) -> None:
        """Give a new file the mode, owner and access lists of ``source``.

        Raises PermissionError when somebody who may edit ``source`` could not edit the new file.
        """
        if sys.platform == "win32":
            return  # ReplaceFileW keeps the access lists itself
        handle = stream.fileno()
        _keep_owner(original, handle)
        os.fchmod(handle, original.st_mode & 0o7777)
        if sys.platform == "linux":
            for name in os.listxattr(source):
                with contextlib.suppress(OSError):  # some need privileges; the mode above holds in any case
                    os.setxattr(handle, name, os.getxattr(source, name))

    def is_held(self, path: Path) -> bool | None:
        """Whether a program holds the file open, by asking for exclusive use; ``None`` where the system cannot tell."""
        if sys.platform == "win32":
            return _is_held(path)
        return None


def _keep_owner(original: os.stat_result, handle: int) -> None:
    if sys.platform == "win32":
        return
    now = os.fstat(handle)
    if (now.st_uid, now.st_gid) == (original.st_uid, original.st_gid):
        return
    try:
        os.fchown(handle, original.st_uid, original.st_gid)
    except PermissionError:
        if original.st_mode & _ALL_MAY_EDIT == _ALL_MAY_EDIT:
            return
        if original.st_mode & _GROUP_MAY_EDIT != _GROUP_MAY_EDIT:
            raise
        if now.st_gid != original.st_gid:
            os.fchown(handle, -1, original.st_gid)


def _unsupported(problem: OSError) -> OSError:
    return UnsupportedError(problem.errno, problem.strerror) if problem.errno in _UNSUPPORTED else problem


_NO_REPLACE, _EXCHANGE = 1, 2
_WORKING_FOLDER = -100


def _renameat2(source: Path, target: Path, flags: int) -> None:
    if sys.platform != "linux":
        raise UnsupportedError(errno.ENOSYS, "renameat2")
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        raise UnsupportedError(errno.ENOSYS, "renameat2")
    if call(_WORKING_FOLDER, os.fsencode(source), _WORKING_FOLDER, os.fsencode(target), flags):
        code = ctypes.get_errno()
        raise _unsupported(OSError(code, os.strerror(code), str(source), None, str(target)))


if sys.platform == "win32":  # unverified: no Windows was at hand when this was written
    _SHARING_VIOLATION = 32

    def _kernel() -> ctypes.WinDLL:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = ctypes.c_void_p
        kernel.CloseHandle.argtypes = [ctypes.c_void_p]
        return kernel

    def _replace_file(new: Path, book: Path, old: Path) -> None:
        if not _kernel().ReplaceFileW(str(book), str(new), str(old), 0, None, None):
            raise ctypes.WinError(ctypes.get_last_error())

    def _is_held(path: Path) -> bool | None:
        kernel = _kernel()
        read_and_write, no_sharing, open_existing = 0xC0000000, 0, 3
        handle = kernel.CreateFileW(str(path), read_and_write, no_sharing, None, open_existing, 0, None)
        if handle == ctypes.c_void_p(-1).value:
            return True if ctypes.get_last_error() == _SHARING_VIOLATION else None
        kernel.CloseHandle(handle)
        return False

"""Starts duban on a machine that has only Python: makes ``.venv`` from the lock file, then runs the command.

``python3 duban.py demo`` runs a command of ``engine.cli``; ``python3 duban.py test`` the tests. Standard library
only, and in syntax that an old Python can read, so that it can say what it needs. The second run installs nothing:
``.venv/duban-locks.txt`` names the lock files that are installed, by their hash.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "duban-locks.txt"
RUNTIME, GATEWAYS, DEV = (HERE / f"requirements{part}.txt" for part in ("", "-gateways", "-dev"))
LOCKS = [RUNTIME, GATEWAYS, DEV]  # each holds those before it whole; GATEWAYS has every extra, as the bundle does
OLDEST = (3, 11)


class SetUpError(Exception):
    """The machine lacks something; the text says what, and what to do."""


def main(args: list) -> int:
    """Set up what the command needs and run it. Exit code 2 with one line where that cannot be done."""
    try:
        require_python(sys.version_info[:2])
        testing = args[:1] == ["test"]
        install(DEV if testing else GATEWAYS if args == ["install-gateways"] else RUNTIME)
    except SetUpError as problem:
        print(problem, file=sys.stderr)
        return 2
    if args == ["install-gateways"]:
        print("短信网关的组件已装好。", file=sys.stderr)
        return 0
    if testing:
        os.chdir(str(HERE))
        return run(["-m", "pytest", "-n", "2", *args[1:]])
    return run(["-m", "engine.cli", *args])


def require_python(version: tuple) -> None:
    """Refuse a Python that is too old, in words."""
    if version < OLDEST:
        raise SetUpError(
            "督办需要 Python {}.{} 或更新的版本，现在运行的是 {}.{}。请安装新版后重试。".format(*OLDEST, *version)
        )


def install(lock_file: Path) -> None:
    """Bring ``.venv`` to what the lock file says, unless its stamp shows that it stands so already."""
    if is_installed(lock_file):
        return
    with OneAtATime():
        if is_installed(lock_file):
            return
        print("首次运行，正在准备运行环境（只需一次，约几分钟）……", file=sys.stderr)
        STAMP.unlink(missing_ok=True)
        uv = shutil.which("uv")
        make_venv(with_pip=uv is None)
        pip = [uv, "pip", "install", "--python", str(PYTHON)] if uv else [str(PYTHON), "-m", "pip", "install"]
        if call([*pip, "--quiet", "--require-hashes", "-r", str(lock_file)]):
            raise SetUpError("依赖没有装成，原因见上。请检查网络或软件源设置后，再运行一次同样的命令。")
        installed = LOCKS[: LOCKS.index(lock_file) + 1]
        STAMP.write_text("\n".join(digest(path) for path in installed), encoding="ascii")


def is_installed(lock_file: Path) -> bool:
    """Whether the stamp names this lock file as it stands now, and the interpreter is still there."""
    return PYTHON.exists() and STAMP.exists() and digest(lock_file) in STAMP.read_text(encoding="ascii").split()


def digest(path: Path) -> str:
    """The hash of a lock file, whatever line ends git gave it."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def make_venv(with_pip: bool) -> None:
    """Make or mend ``.venv``; Debian and Ubuntu ship the module that puts pip into it as a package of its own."""
    if with_pip and importlib.util.find_spec("ensurepip") is None:
        raise SetUpError(
            "这台电脑的 Python 缺少 venv 组件。Debian 或 Ubuntu 请先运行：sudo apt install python3-venv，"
            "其他系统请重装完整的 Python。"
        )
    if call([sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), str(VENV)]):
        raise SetUpError(f"运行环境 {VENV} 没有建成，原因见上。请确认该文件夹可写、磁盘未满。")


class OneAtATime:
    """An operating system's lock beside ``.venv``: a second start waits for the first, and a kill releases it."""

    def __enter__(self) -> None:
        self.file = (HERE / ".venv.lock").open("a+b")
        if os.name == "nt":
            import msvcrt

            self.file.seek(0)
            while True:
                try:  # gives up by itself after ten seconds
                    return msvcrt.locking(self.file.fileno(), msvcrt.LK_LOCK, 1)
                except OSError:
                    continue
        import fcntl

        return fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def call(command: list) -> int:
    """Run a set-up step; what it prints goes to stderr, since stdout may be JSON."""
    return subprocess.call(command, stdout=sys.stderr)


def run(arguments: list) -> int:
    """Become the command. Windows has no real exec: the shell would be back before the command ends."""
    environment = dict(os.environ, PYTHONUTF8="1")
    command = [str(PYTHON), "-P", *arguments]  # -P: the current folder may be a share, and is no place for code
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    if os.name == "nt":
        return subprocess.call(command, env=environment)
    return os.execve(str(PYTHON), command, environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

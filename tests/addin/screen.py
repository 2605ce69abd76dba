"""A virtual screen with a keyboard, and pictures of it to be looked at."""

import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.tools import need


class Screen:
    """One X display; ``press`` and ``write`` go to whatever has the focus."""

    def __init__(self, display: str, folder: Path) -> None:
        self.environment = {**os.environ, "DISPLAY": display}
        self._folder = folder

    def press(self, *keys: str) -> None:
        subprocess.run(
            [need("xdotool"), "key", "--clearmodifiers", *keys], env=self.environment, check=True, timeout=60
        )

    def write(self, text: str) -> None:
        subprocess.run([need("xdotool"), "type", "--delay", "20", text], env=self.environment, check=True, timeout=60)

    def picture(self, target: Path, caption: str = "") -> Path:
        """What the screen shows, as PNG; the caption goes into the file and not into the picture."""
        data = (self._folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        width, height, line, colours = header[4], header[5], header[12], header[19]
        start = header[0] + 12 * colours
        rows = (data[start + row * line : start + row * line + 4 * width] for row in range(height))
        pixels = b"".join(b"\0" + b"".join(row[at : at + 3][::-1] for at in range(0, 4 * width, 4)) for row in rows)
        body = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        body += _chunk(b"iTXt", b"Caption\0\0\0\0\0" + caption.encode()) if caption else b""
        body += _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")
        target.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
        return target


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@contextmanager
def screen(folder: Path, width: int = 1100, height: int = 900) -> Iterator[Screen]:
    """A screen of its own; the server picks a free display number."""
    read, write = os.pipe()
    size = f"{width}x{height}x24"
    command = [need("Xvfb"), "-displayfd", str(write), "-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        yield Screen(f":{number}", folder)
    finally:
        server.terminate()
        server.wait(10)


class Dialog:
    """A window that another process shows; it says ``first`` once it has the focus, and its answer at the end."""

    def __init__(
        self, on: Screen, arguments: Sequence[str], module: str = "tests.addin.show_dialog", first: str = "ready"
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env=on.environment,
            cwd=Path(__file__).parents[2],
        )
        assert self._line() == first

    def _line(self) -> str:
        out: IO[str] | None = self._process.stdout
        return out.readline().strip() if out else ""

    def wait_for(self, word: str) -> None:
        """Read on until the window says ``word``."""
        while (line := self._line()) != word:
            assert line, f"the window closed before it said {word}"

    def answer(self) -> object:
        """What the window was answered, once it has closed."""
        out, _ = self._process.communicate(timeout=60)
        return json.loads(out.splitlines()[-1])

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()

"""A real Chromium without a window, driven by the DevTools protocol."""

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import websocket

from tests.tools import need

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--hide-scrollbars",
)
_LAUNCH = 30


class Browser:
    """One tab. ``faults`` gathers console errors, exceptions, refusals of the page's policy and requests made."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._last = 0
        self.faults: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """The answer to one command; what else arrives meanwhile is noted."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._last:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        name, told = message.get("method", ""), message.get("params", {})
        self._arrived = name
        if name == "Runtime.exceptionThrown" or (name == "Log.entryAdded" and told["entry"]["level"] == "error"):
            self.faults.append(json.dumps(told, ensure_ascii=False))
        elif name == "Runtime.consoleAPICalled" and told["type"] == "error":
            self.faults.append(json.dumps(told["args"], ensure_ascii=False))
        elif name == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])

    def open(self, page: Path, width: int, height: int) -> None:
        """Show the page in a window of this size, and wait for it."""
        self.size(width, height)
        self.call("Page.navigate", url=page.as_uri())
        while self._arrived != "Page.loadEventFired":
            self._note(json.loads(self._socket.recv()))

    def size(self, width: int, height: int) -> None:
        """The window's size in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )

    def run(self, script: str) -> Any:
        """What an expression gives, awaited. Raises AssertionError where it throws."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """One key of the keyboard, down and up."""
        key_of = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **key_of)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key_of)

    def click(self, selector: str) -> None:
        """A click of the mouse in the middle of the first such element."""
        box = f"(() => {{const e=document.querySelector({json.dumps(selector)});e.scrollIntoView({{block:'center'}});"
        box += "const r=e.getBoundingClientRect();return [r.x+r.width/2,r.y+r.height/2]})()"
        x, y = self.run(box)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """What the window shows, or the whole page, as PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def printed(self, path: Path) -> None:
        """The page as it prints on A4, as PDF."""
        made = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        path.write_bytes(base64.b64decode(made["data"]))


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A fresh browser with its profile in ``folder``. Skips, or fails in CI, where there is none."""
    profile = folder / "chromium"
    command = [need("chromium"), *_FLAGS, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            line = next(line for line in process.stderr if "DevTools listening on" in line)
            port = int(line.split("127.0.0.1:")[1].split("/")[0])
            with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=_LAUNCH) as answer:
                tab = next(one for one in json.load(answer) if one["type"] == "page")
            address = tab["webSocketDebuggerUrl"]
            socket = websocket.create_connection(address, timeout=_LAUNCH, suppress_origin=True)
            try:
                yield Browser(socket)
            finally:
                socket.close()
        finally:
            process.terminate()
            process.wait(_LAUNCH)

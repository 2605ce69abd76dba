"""A live LibreOffice of our own: started on a pipe with a profile of its own, spoken to over UNO."""

import builtins
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.tools import missing, need

_SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"
_TRIES = 600


def bridge() -> ModuleType:
    """The module ``uno`` of the system's LibreOffice. It replaces the import statement: that is put back at once."""
    if "uno" in sys.modules:
        return sys.modules["uno"]
    original = builtins.__import__
    sys.path.append(_SYSTEM_PACKAGES)
    try:
        import uno
    except ImportError:
        missing("python3-uno for this version of Python")
    finally:
        sys.path.remove(_SYSTEM_PACKAGES)
        builtins.__import__ = original
    return uno


@contextmanager
def running_office(profile: Path) -> Iterator[Any]:
    """The desktop of a headless LibreOffice that ends with the block."""
    uno, pipe = bridge(), uuid.uuid4().hex
    command = [need("soffice"), "--headless", "--norestore", "--nologo"]
    command += [f"-env:UserInstallation={profile.as_uri()}", f"--accept=pipe,name={pipe};urp"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        context = _connected(uno, pipe)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        yield desktop
        desktop.terminate()
        process.wait(30)
    finally:
        process.kill()
        process.wait()


def _connected(uno: ModuleType, pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(_TRIES):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            time.sleep(0.1)
    raise TimeoutError("LibreOffice did not start")


def opened_document(desktop: Any, path: Path, *, read_only: bool = False) -> Any:
    """The spreadsheet at ``path``, open in a window that nobody sees."""
    settings = []
    for name, value in (("Hidden", True), ("ReadOnly", read_only)):
        setting = bridge().createUnoStruct("com.sun.star.beans.PropertyValue")
        setting.Name, setting.Value = name, value
        settings.append(setting)
    return desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, tuple(settings))

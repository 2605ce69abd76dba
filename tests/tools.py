"""What a test needs of the machine: missing tools skip on a developer's machine and fail in CI."""

import os
import shutil
from typing import NoReturn

import pytest


def need(tool: str) -> str:
    """The path of a program on PATH. Without it the test skips by name; in CI it fails, since CI installs them all."""
    return shutil.which(tool) or missing(tool)


def missing(tool: str) -> NoReturn:
    """Skip the running test for want of ``tool``; fail it in CI."""
    message = f"needs {tool}, which this machine does not have"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)

"""The build's own step: a wheel holds the handbooks as pages, their pictures inside, for the button 打开说明."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PLACE = "addin/docs"


class HandbookPages(BuildHookInterface):
    """Renders docs/*.md by the same function as the bundle."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put every page where ``addin.actions.keeping`` opens it."""
        del version
        sys.path.insert(0, self.root)
        from engine.papers.handbook import handbook_pages  # here: the sources are no package of the build's own

        self._scratch = TemporaryDirectory()
        for name, page in handbook_pages(Path(self.root) / "docs").items():
            path = Path(self._scratch.name) / name
            path.write_bytes(page)
            build_data["force_include"][str(path)] = f"{_PLACE}/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The pages are in the wheel: nothing is left beside it."""
        del version, build_data, artifact_path
        self._scratch.cleanup()

"""Prism's validating proxy with Twilio's own OpenAPI description, in front of a stand-in."""

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from tests.tools import missing

ROOT = Path(__file__).parents[2]
PRISM = ROOT / "tests" / "node" / "node_modules" / ".bin" / "prism"
PATHS = (
    "/2010-04-01/Accounts/{AccountSid}/Messages.json",
    "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json",
)


def trimmed_description() -> dict[str, Any]:
    """Twilio's description, cut to what we use: Prism then starts in a second instead of many."""
    path = Path(os.environ.get("DUBAN_TWILIO_SPEC") or ROOT.parent / "shared" / "data" / "twilio_api_v2010.json")
    if not path.is_file():
        missing("Twilio's OpenAPI description (DUBAN_TWILIO_SPEC)")
    whole = json.loads(path.read_text(encoding="utf-8"))
    paths = {name: whole["paths"][name] for name in PATHS}
    for envelope in ("first_page_uri", "next_page_uri", "previous_page_uri", "uri"):
        # Its own examples are relative, which the format forbids.
        listed = paths[PATHS[0]]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
        listed[envelope].pop("format", None)
    schemas: dict[str, Any] = {}
    open_ends = _references(paths)
    while open_ends:
        name = open_ends.pop()
        if name not in schemas:
            schemas[name] = whole["components"]["schemas"][name]
            open_ends |= _references(schemas[name])
    components = {"schemas": schemas, "securitySchemes": whole["components"]["securitySchemes"]}
    return {**whole, "paths": paths, "components": components, "tags": []}


def _references(tree: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(tree)))


@contextmanager
def prism(folder: Path, upstream: int) -> Iterator[int]:
    """The port of a proxy that answers with an error whatever breaks the description, of a request or an answer."""
    if not PRISM.exists():
        missing("prism (npm ci --prefix tests/node)")
    description = folder / "twilio.json"
    description.write_text(json.dumps(trimmed_description()), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(PRISM), "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), str(description)]
    with (folder / "prism.log").open("wb") as log:
        process = subprocess.Popen([*command, f"http://127.0.0.1:{upstream}"], stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = monotonic() + 60
    while monotonic() < give_up and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise RuntimeError("prism did not start")

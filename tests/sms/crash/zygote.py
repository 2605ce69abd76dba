"""Run as a process: loads everything once, then forks a child for each job that stdin names, so that a case costs
the send and not the imports. A job is one line of JSON; the answers are the child's pid and how it ended.

The child waits on a pipe until strace has hold of it, so that calls are counted from the first step of the send.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from sms.gateways.protocol import GatewayError
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.location import Server
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, FaultyLocal, always, table_of
from tests.sms.crash import naive
from tests.sms.standin.phone import Phone, Trouble


def send(job: dict[str, Any]) -> None:
    """One ``send`` as the service makes it; the store was filled by the parent."""
    folder = Path(job["folder"])
    gateway = (
        FaultyLocal(folder / "phone.sqlite", _faulty(job["fault"]))
        if job["gateway"] == "local"
        else open_gateway(job["gateway"], table_of(job["gateway"], job["port"]), ENVIRONMENT, folder, folder)
    )
    outbox = Outbox(Server(job["store"]) if job["store"] else folder / "duban.sqlite")
    with (folder / "go").open("rb", buffering=0) as gate:
        gate.read(2)
    if job["naive"]:
        naive.send(outbox, lambda: START, gateway)
    else:
        outbox.send(LEDGER, lambda: START, [gateway], always)
    os._exit(0)


def _faulty(fault: str) -> Phone:
    phone = Phone(lambda: START)
    phone.faults.append(Trouble(fault))
    return phone


def main() -> None:
    for kind in ("twilio", "aliyun", "tencent", "mas"):
        with suppress(GatewayError):  # nobody listens there; what the packages load at first use is loaded now
            open_gateway(kind, table_of(kind, 9), ENVIRONMENT, Path(), Path()).probe()
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                send(job)
            finally:
                os._exit(1)  # a child that failed must not go on reading jobs
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()

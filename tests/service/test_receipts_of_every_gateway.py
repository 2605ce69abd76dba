"""Receipts and replies of every gateway, pushed to the real receiver or from an export file: true, forged, replayed,
oversized.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from engine.cli.receipt_file import read_receipts
from engine.service.receiver import LARGEST_BODY, make_server
from sms.gateways.pushed import Pushed
from sms.inbound import ReplyMeaning
from sms.outbox import Outbox
from sms.store.model import State, StoredMessage
from tests.service.test_receiver import SECRET, post
from tests.sms.conftest import GATEWAYS, LEDGER, MOBILE, START, Clock, Line, always, connect, outgoing
from tests.sms.scripted import only

PUSHED = ("mas", "aliyun", "tencent")
STRANGER = "13900139000"
OWN = MOBILE[3:]
LATER = START + timedelta(hours=1)


class Office:
    """One SMS sent through a gateway, and the receiver that its platform may post to."""

    def __init__(self, kind: str, folder: Path, stack: ExitStack) -> None:
        self.kind = kind
        clock = Clock()
        line: Line = connect(kind, folder, clock, stack)
        self.outbox = Outbox(folder / "duban.sqlite")
        stack.callback(self.outbox.close)
        self.outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        self.outbox.send(LEDGER, clock, [line.gateway], always)
        self.line = line
        self.port = stack.enter_context(receiver(kind, self.take))

    def take(self, name: str, pushed: Pushed) -> None:
        self.outbox.record_reports(name, pushed[0], LATER)
        self.outbox.record_replies(name, pushed[1], LATER)

    def post(self, tree: object) -> int:
        return post(self.port, f"/{SECRET}/{self.kind}", json.dumps(tree).encode())

    @property
    def message(self) -> StoredMessage:
        return only(self.outbox)


@contextmanager
def receiver(kind: str, take) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, SECRET, {kind: kind}, take)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=GATEWAYS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(request.param, tmp_path, stack)


def report(kind: str, ref: str, out_id: str, mobile: str = OWN, *, delivered: bool = True) -> object:
    """A status report in the provider's form; gateways that push none get that of 移动云MAS."""
    if kind == "aliyun":
        of_aliyun = {"phone_number": mobile, "success": delivered, "biz_id": ref, "err_code": "DELIVERED"}
        return [{**of_aliyun, "out_id": out_id, "report_time": "2026-03-03 04:31:00"}]
    if kind == "tencent":
        status = "SUCCESS" if delivered else "FAIL"
        of_tencent = {"mobile": mobile, "report_status": status, "errmsg": "DELIVRD", "sid": ref}
        return [{**of_tencent, "user_receive_time": "2026-03-03 04:31:00"}]
    code = "DELIVRD" if delivered else "MK:0001"
    return {"reportStatus": "CM:0000" if delivered else code, "mobile": mobile, "errorCode": code, "msgGroup": ref}


def reply(kind: str, text: str, mobile: str = OWN) -> object:
    if kind == "aliyun":
        return [{"phone_number": mobile, "send_time": "2026-03-03 04:40:00", "content": text}]
    if kind == "tencent":
        return {"mobile": mobile, "time": "2026-03-03 04:40:00", "text": text}
    return {"mobile": mobile, "smsContent": text, "sendTime": "2026-03-03 04:40:00"}


def test_a_true_report_moves_its_message_once_and_whoever_pushes_none_is_refused(office: Office) -> None:
    before = office.message
    true = report(office.kind, before.ref, before.id)
    status = office.post(true)
    if office.kind not in PUSHED:
        assert (status, office.message) == (400, before)
        return
    after = office.message
    assert (status, after.state) == (200, State.DELIVERED)
    assert office.post(true) == 200
    assert office.post(report(office.kind, before.ref, before.id, delivered=False)) == 200
    assert office.message == after, "a replay, and one that says something else, change nothing"
    assert len(office.line.arrived) == 1


@pytest.mark.parametrize("forgery", ["number", "reference", "both"])
def test_a_forged_report_changes_nothing(office: Office, forgery: str) -> None:
    before = office.message
    mobile = OWN if forgery == "reference" else STRANGER
    ref, out_id = (before.ref, before.id) if forgery == "number" else ("forged", "forged")
    for delivered in (True, False):
        office.post(report(office.kind, ref, out_id, mobile, delivered=delivered))
    assert office.message == before


def test_a_reply_acknowledges_only_from_its_own_number_and_once(office: Office) -> None:
    office.post(reply(office.kind, "收到 编号000001", STRANGER))
    assert office.message.acknowledged_at is None
    for _ in range(3):
        office.post(reply(office.kind, "收到"))
    assert (office.message.acknowledged_at is not None) is (office.kind in PUSHED)
    kept = office.outbox.replies(*ReplyMeaning)
    assert len(kept) == (2 if office.kind in PUSHED else 0), "the stranger's and the own, each once"
    assert office.message.state is State.ACCEPTED


def test_an_oversized_post_changes_nothing(office: Office) -> None:
    before = office.message
    true = report(office.kind, before.ref, before.id)
    padded = json.dumps([true] if isinstance(true, dict) else true).encode()
    padded += b" " * (LARGEST_BODY + 1 - len(padded))
    try:
        status = post(office.port, f"/{SECRET}/{office.kind}", padded)
    except ConnectionError:
        status = 413  # it hung up while we were still writing
    assert (status, office.message) == (413, before)
    many = [*(true if isinstance(true, list) else [true])] * 501
    assert office.post(many) == 400
    assert office.message == before


def test_receipts_from_an_export_file_of_every_gateway(office: Office, tmp_path: Path) -> None:
    before, name = office.message, office.line.gateway.name
    lines = [
        f"{STRANGER},{before.ref},失败",
        f"{OWN},forged,失败",
        f"{OWN},{before.ref},成功",
        f"{OWN},{before.ref},失败",
    ]
    (tmp_path / "export.csv").write_text("\n".join(["手机号,流水号,状态", *lines]), encoding="utf-8-sig")
    reports = read_receipts(tmp_path / "export.csv")
    assert [office.outbox.record_reports(name, reports, LATER).total() for _ in range(2)] == [1, 0]
    assert office.message.state is State.DELIVERED

"""What providers push: status reports and replies, each in its own JSON. Anything else is refused whole."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sms.gateways.error_table import error_table
from sms.gateways.protocol import Reply
from sms.inbound import StatusReport
from sms.office_time import office_time_of
from sms.text import encodable

MOST_ENTRIES = 500
WITHOUT_LOOK_UP = frozenset({"mas"})
"""Kinds of gateways that cannot be asked for a message: their reports settle by number what is in doubt."""
Pushed = tuple[list[StatusReport], list[Reply]]


class NotUnderstood(Exception):
    """A post that is not in the provider's form."""


def parse(kind: str, tree: object) -> Pushed:
    """The reports and replies in one post. Raises NotUnderstood."""
    entries = tree if isinstance(tree, list) else [tree]
    if len(entries) > MOST_ENTRIES:
        raise NotUnderstood
    of = {"mas": _of_mas, "aliyun": _of_aliyun, "tencent": _of_tencent}.get(kind)
    if of is None:
        raise NotUnderstood
    reports: list[StatusReport] = []
    answers: list[Reply] = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise NotUnderstood
        try:
            found = of(entry)
        except (KeyError, ValueError, TypeError, OverflowError) as fault:
            raise NotUnderstood from fault
        if isinstance(found, StatusReport):
            reports.append(found)
        else:
            answers.append(found)
    return reports, answers


def _of_mas(entry: Mapping[str, Any]) -> StatusReport | Reply:
    """移动云MAS by public facts: reports carry ``reportStatus`` and ``msgGroup``, replies ``smsContent``."""
    if "smsContent" in entry:
        return _reply(entry["mobile"], entry["smsContent"], _time(entry["sendTime"]))
    status = _text(entry["reportStatus"])
    at = _time(entry["receiveDate"]) if entry.get("receiveDate") else None
    code = _text(entry.get("errorCode", ""))
    delivered = status in ("CM:0000", "DELIVRD") or code == "DELIVRD"
    said = f"运营商未送达（{code or status}）"
    submitted = _time(entry["submitDate"]) if entry.get("submitDate") else None
    group = entry.get("msgGroup") or entry["mgsGroup"]
    return StatusReport(_text(group), _text(entry["mobile"]), delivered, at, said, submitted)


def _of_aliyun(entry: Mapping[str, Any]) -> StatusReport | Reply:
    """SmsReport and SmsUp."""
    if "content" in entry:
        return _reply(entry["phone_number"], entry["content"], _time(entry["send_time"]))
    if not isinstance(entry["success"], bool):
        raise TypeError("success")
    ref = _text(entry.get("out_id") or entry["biz_id"])
    said, _ = error_table("aliyun").undelivered(_text(entry.get("err_code", "")))
    return StatusReport(ref, _text(entry["phone_number"]), entry["success"], _time(entry["report_time"]), said)


def _of_tencent(entry: Mapping[str, Any]) -> StatusReport | Reply:
    """Status callback and reply callback."""
    if "text" in entry:
        at = _time(entry["time"]) if isinstance(entry["time"], str) else _stamp(entry["time"])
        return _reply(entry["mobile"], entry["text"], at)
    said, _ = error_table("tencent").undelivered(_text(entry.get("errmsg", "")))
    delivered = _text(entry["report_status"]) == "SUCCESS"
    return StatusReport(_text(entry["sid"]), _text(entry["mobile"]), delivered, _time(entry["user_receive_time"]), said)


def _reply(mobile: object, text: object, at: datetime) -> Reply:
    """Pushed replies carry no number of their own: sender, text and time identify it."""
    number, said = _text(mobile), _text(text)
    digest = sha256(f"{number}|{at.isoformat()}|{said}".encode()).hexdigest()[:32]
    return Reply(digest, number, said, at)


def _text(value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(type(value).__name__)
    return encodable(str(value)[:1_000])


def _time(value: object) -> datetime:
    text = _text(value).strip()
    if text.isdigit() and len(text) == 14:
        return datetime.strptime(text, "%Y%m%d%H%M%S")
    found = datetime.fromisoformat(text.replace("/", "-"))
    if found.tzinfo is not None:
        raise ValueError("a time with an offset")
    return found


def _stamp(value: object) -> datetime:
    if not isinstance(value, int):
        raise TypeError("time")
    return office_time_of(value)

"""Twilio's Messages resource as far as we use it, after its OpenAPI description (checked by test_prism.py)."""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from tests.sms.standin.phone import Phone, Taken
from tests.sms.standin.server import Answer, Request

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "5ecret5ecret5ecret5ecret5ecret55"
FROM = "+15017122661"
Spoil = Callable[[Any], Any]


def is_send(request: Request) -> bool:
    return request.method == "POST"


class TwilioApi:
    """``spoil`` changes an answer's JSON before it goes out: the deliberate errors of the Prism test."""

    def __init__(self, spoil: Spoil | None = None, status: int | None = None) -> None:
        self.spoil, self.status = spoil, status

    def __call__(self, phone: Phone, request: Request) -> Answer:
        status, tree = self._tree(phone, request)
        if self.spoil and status < 400:
            tree = self.spoil(tree)
        return Answer(self.status or status, json.dumps(tree, ensure_ascii=False))

    def _tree(self, phone: Phone, request: Request) -> tuple[int, Any]:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            return 401, _error(401, 20003, "Authenticate")
        parts = urlsplit(request.path)
        base = f"/2010-04-01/Accounts/{ACCOUNT}"
        if request.method == "GET" and parts.path == f"{base}.json":
            return 200, {"sid": ACCOUNT, "status": "active", "friendly_name": "stand-in"}
        if parts.path == f"{base}/Messages.json":
            return self._create(phone, request) if request.method == "POST" else self._list(phone, parts.query)
        found = re.fullmatch(rf"{base}/Messages/(SM[0-9a-f]{{32}})\.json", parts.path)
        one = next((one for one in phone.taken if found and one.ref == found[1]), None)
        return (200, message(one)) if one else (404, _error(404, 20404, "Not found"))

    def _create(self, phone: Phone, request: Request) -> tuple[int, Any]:
        form = {name: values[0] for name, values in parse_qs(request.body).items()}
        if phone.refusals:
            status, code = phone.refusals.popleft()
            return status, _error(status, int(code), f"Refused: {form['To']}")
        if form.get("From") != FROM or not form.get("Body"):
            return 400, _error(400, 21603, "A 'From' and a 'Body' are required")
        return 201, message(phone.take("SM", form["To"], form["Body"], "", "queued"), created=True)

    def _list(self, phone: Phone, query: str) -> tuple[int, Any]:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        size, page = int(asked.get("PageSize", 50)), int(asked.get("Page", 0))
        found = phone.visible(asked["To"])
        shown = [message(one) for one in found[page * size : (page + 1) * size]]
        here = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To={asked['To'].replace('+', '%2B')}&PageSize={size}"
        return 200, {
            "messages": shown,
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": page * size + max(len(shown) - 1, 0),
            "first_page_uri": f"{here}&Page=0",
            "previous_page_uri": f"{here}&Page={page - 1}" if page else None,
            "next_page_uri": f"{here}&Page={page + 1}&PageToken=PA1" if (page + 1) * size < len(found) else None,
            "uri": f"{here}&Page={page}",
        }


def message(one: Taken, *, created: bool = False) -> dict[str, Any]:
    status, code = one.statuses[0] if created else one.status()
    at = format_datetime(one.at.replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC))
    uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{one.ref}"
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": one.text,
        "date_created": at,
        "date_sent": at if status not in {"queued", "accepted"} else None,
        "date_updated": at,
        "direction": "outbound-api",
        "error_code": int(code) if code else None,
        "error_message": "Refused by the network" if code else None,
        "from": FROM,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": one.ref,
        "status": status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": one.mobile,
        "uri": f"{uri}.json",
    }


def _error(status: int, code: int, text: str) -> dict[str, Any]:
    return {
        "code": code,
        "message": text,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }

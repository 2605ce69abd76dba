"""移动云MAS by the public facts of its HTTP interface. The real platform has not been seen."""

import base64
import hashlib
import json

from tests.sms.standin.phone import Phone
from tests.sms.standin.server import Answer, Request

AP_ID = "standin-ap"
KEY = "standin-mas-secret"
NAME = "朔州市人民政府办公室"
SIGN = "aBcDeFgHi"
TEMPLATE = "0123456789abcdef0123456789abcdef"
TEMPLATED = "/sms/tmpsubmit"


def is_send(request: Request) -> bool:
    return bool(json.loads(base64.b64decode(request.body)).get("mobiles"))


def mas_api(phone: Phone, request: Request) -> Answer:
    asked = json.loads(base64.b64decode(request.body))
    what = (asked["templateId"], asked["mobiles"], asked["params"]) if TEMPLATED in request.path else None
    what = what or (asked["mobiles"], asked["content"])
    parts = (asked["ecName"], asked["apId"], KEY, *what, asked["sign"], asked["addSerial"])
    if asked["mac"] != hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest():
        return _refused("IllegalMac")
    if not asked["mobiles"]:
        return _refused("InvalidMessage")
    if phone.refusals:
        status, code = phone.refusals.popleft()
        return Answer(status, json.dumps({"rspcod": code, "success": False}))
    if asked["sign"] != SIGN:
        return _refused("IllegalSignId")
    if TEMPLATED in request.path and asked["templateId"] != TEMPLATE:
        return _refused("InvalidMessage")
    one = phone.take("", f"+86{asked['mobiles']}", what[-1], "", "accepted")
    spelling = "mgsGroup" if TEMPLATED in request.path else "msgGroup"
    return Answer(200, json.dumps({spelling: one.ref, "rspcod": "success", "success": True}))


def _refused(code: str) -> Answer:
    return Answer(200, json.dumps({"msgGroup": "", "rspcod": code, "success": False}))

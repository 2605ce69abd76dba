"""阿里云 SendSms and QuerySendDetails as far as we use them; the signature is checked by its published recipe."""

import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from tests.sms.standin.phone import Phone, Taken
from tests.sms.standin.server import Answer, Request

KEY_ID = "LTAI5tStandinStandin"
KEY_SECRET = "standinSecretStandinSecretStan"
SIGNATURE = "朔州市政府督查室"
TEMPLATE = "SMS_123456789"


def is_send(request: Request) -> bool:
    return request.headers.get("x-acs-action") == "SendSms"


def aliyun_api(phone: Phone, request: Request) -> Answer:
    if not _signed(request):
        return _answer(400, {"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched."})
    query = dict(parse_qsl(urlsplit(request.path).query))
    if is_send(request):
        return _send(phone, query)
    action = request.headers.get("x-acs-action")
    if action == "QuerySmsSignList":
        return _registered(phone, "SmsSignList", "SignName", SIGNATURE)
    if action == "QuerySmsTemplateList":
        return _registered(phone, "SmsTemplateList", "TemplateCode", TEMPLATE)
    entries = [one for one in phone.visible(query["PhoneNumber"]) if one.at.strftime("%Y%m%d") == query["SendDate"]]
    size, page = int(query["PageSize"]), int(query["CurrentPage"])
    shown = [_entry(one) for one in entries[(page - 1) * size : page * size]]
    return _answer(
        200,
        {
            "Code": "OK",
            "Message": "OK",
            "TotalCount": str(len(entries)),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown},
        },
    )


def _registered(phone: Phone, listed: str, name: str, code: str) -> Answer:
    state = phone.unapproved.get(code, "AUDIT_STATE_PASS")
    entries = [{name: code, "AuditStatus": state}] if state else []
    return _answer(200, {"Code": "OK", "Message": "OK", "TotalCount": len(entries), listed: entries})


def _send(phone: Phone, query: dict[str, str]) -> Answer:
    if phone.refusals:
        status, code = phone.refusals.popleft()
        return _answer(status, {"Code": code, "Message": f"Refused: {query['PhoneNumbers']}"})
    if query["SignName"] != SIGNATURE or query["TemplateCode"] != TEMPLATE:
        return _answer(200, {"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": "no such template"})
    one = phone.take("", query["PhoneNumbers"], query["TemplateParam"], query["OutId"], "1")
    return _answer(200, {"Code": "OK", "Message": "OK", "BizId": one.ref})


def _entry(one: Taken) -> dict[str, Any]:
    status, code = one.status()
    entry = {
        "PhoneNum": one.mobile,
        "OutId": one.mark,
        "SendStatus": int(status),
        "TemplateCode": TEMPLATE,
        "Content": one.text,
        "SendDate": f"{one.at:%Y-%m-%d %H:%M:%S}",
        "ErrCode": code or ("DELIVERED" if status == "3" else ""),
    }
    return {**entry, "ReceiveDate": f"{one.at:%Y-%m-%d %H:%M:%S}"} if status != "1" else entry


def _answer(status: int, tree: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps({"RequestId": "0A74B755-98B7-59DB-8724-1321B394", **tree}, ensure_ascii=False))


def _signed(request: Request) -> bool:
    """ACS3-HMAC-SHA256: canonical request, its hash, the HMAC of it."""
    found = re.fullmatch(
        r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]+)",
        request.headers.get("Authorization", ""),
    )
    if not found or found[1] != KEY_ID:
        return False
    parts = urlsplit(request.path)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
    names = found[2].split(";")
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    payload = hashlib.sha256(request.body.encode()).hexdigest()
    canonical = "\n".join([request.method, parts.path or "/", query, headers, found[2], payload])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    expected = hmac.new(KEY_SECRET.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), "sha256").hexdigest()
    return hmac.compare_digest(expected, found[3])

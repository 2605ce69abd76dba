"""腾讯云 SendSms and the two Pull actions as far as we use them; the signature is checked by its published recipe."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.sms.standin.phone import Phone, Taken
from tests.sms.standin.server import Answer, Request

KEY_ID = "AKIDstandinStandinStandin"
KEY = "standinTencentKeyStandin"
APP = "1400006666"
SIGNATURE = "朔州市政府督查室"
TEMPLATE = "1234567"


def is_send(request: Request) -> bool:
    return request.headers.get("X-TC-Action") == "SendSms"


def tencent_api(phone: Phone, request: Request) -> Answer:
    if not _signed(request):
        return _error("AuthFailure.SignatureFailure")
    asked = json.loads(request.body)
    if is_send(request):
        return _send(phone, asked)
    if request.headers.get("X-TC-Action") == "PullSmsReplyStatus":
        found = [phone.replies.popleft() for _ in range(min(len(phone.replies), asked["Limit"]))]
        return _answer({"PullSmsReplyStatusSet": found})
    if request.headers.get("X-TC-Action") == "DescribeSmsTemplateList":
        state = phone.unapproved.get(TEMPLATE, 0)
        listed = [{"TemplateId": int(TEMPLATE), "StatusCode": state, "International": 0}] if state is not None else []
        return _answer({"DescribeTemplateStatusSet": listed})
    received = [one for one in phone.visible(asked["PhoneNumber"]) if one.status()[0] != "waiting"]
    entries = [one for one in received if asked["BeginTime"] <= _seconds(one) <= asked["EndTime"]]
    shown = entries[asked["Offset"] : asked["Offset"] + asked["Limit"]]
    return _answer({"PullSmsSendStatusSet": [_entry(one) for one in shown]})


def _send(phone: Phone, asked: dict[str, Any]) -> Answer:
    number = asked["PhoneNumberSet"][0]
    if phone.refusals:
        _, code = phone.refusals.popleft()
        if "." not in code or code.startswith(("AuthFailure", "RequestLimit")):
            return _error(code)
        return _answer({"SendStatusSet": [{"Code": code, "Message": f"Refused: {number}", "PhoneNumber": number}]})
    if asked["SignName"] != SIGNATURE or asked["TemplateId"] != TEMPLATE or asked["SmsSdkAppId"] != APP:
        return _error("FailedOperation.TemplateIncorrectOrUnapproved")
    one = phone.take("", number, json.dumps(asked["TemplateParamSet"]), asked["SessionContext"], "SUCCESS")
    return _answer({"SendStatusSet": [{"Code": "Ok", "SerialNo": one.ref, "PhoneNumber": number, "Fee": 1}]})


def _entry(one: Taken) -> dict[str, Any]:
    status, code = one.status()
    return {
        "PhoneNumber": one.mobile,
        "SerialNo": one.ref,
        "SessionContext": one.mark,
        "ReportStatus": status,
        "Description": code or "DELIVRD",
        "UserReceiveTime": _seconds(one),
    }


def _seconds(one: Taken) -> int:
    return int(one.at.replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())


def _answer(tree: dict[str, Any]) -> Answer:
    return Answer(200, json.dumps({"Response": {**tree, "RequestId": "1"}}, ensure_ascii=False))


def _error(code: str) -> Answer:
    return _answer({"Error": {"Code": code, "Message": f"{code} +8613800138000"}})


def _signed(request: Request) -> bool:
    """TC3-HMAC-SHA256: canonical request, its hash, the HMAC chain of date and service."""
    headers, payload = request.headers, hashlib.sha256(request.body.encode()).hexdigest()
    date = datetime.fromtimestamp(int(headers["X-TC-Timestamp"]), UTC).strftime("%Y-%m-%d")
    lines = f"content-type:{headers['Content-Type']}\nhost:{headers['Host']}\n"
    canonical = "\n".join(["POST", "/", "", lines, "content-type;host", payload])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    scope = f"{date}/sms/tc3_request"
    key = f"TC3{KEY}".encode()
    for part in (date, "sms", "tc3_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    text = f"TC3-HMAC-SHA256\n{headers['X-TC-Timestamp']}\n{scope}\n{digest}"
    expected = hmac.new(key, text.encode(), "sha256").hexdigest()
    wanted = f"Credential={KEY_ID}/{scope}, SignedHeaders=content-type;host, Signature={expected}"
    return headers.get("Authorization", "") == f"TC3-HMAC-SHA256 {wanted}"

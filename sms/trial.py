"""The test message of first set-up (``send-test``): through the outbox like any other, under a key of its own."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import choice

from sms.gateways.protocol import Gateway
from sms.outbox import Outbox
from sms.store.model import Cover, DutyRef, Key, Outgoing, SmsError, StoredMessage
from sms.text import token_mark

LEDGER = "测试"
KIND = "测试"
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def send_test(
    outbox: Outbox,
    gateway: Gateway,
    mobile: str,
    signature: str,
    clock: Callable[[], datetime],
    wait: Callable[[float], None] = time.sleep,
) -> StoredMessage:
    """Send one test SMS to ``mobile`` (E.164); the message with its state and, where it failed, the reason.

    A stopped gateway is used all the same, since this shows whether it is mended.

    Raises:
        SmsError: another process is sending.
    """
    now, token = clock(), "".join(choice(_ALPHABET) for _ in range(6))
    key = Key(LEDGER, "测试", "测试", "", 1, now.replace(second=0, microsecond=0), token, "测试", "测试")
    text = f"【{signature}】这是一条测试短信，收到即表示短信发送正常。{token_mark(token)}"
    words = {"template": KIND, "signature": signature, "token": token}
    cover = Cover(key, DutyRef(*key[:6], "测试"), KIND, "", now)
    outgoing = Outgoing(now, KIND, "测试", "测试", "", mobile, text, token, (cover,), words, now + timedelta(hours=1))
    identity = outbox.claim(LEDGER, [outgoing], [], {}, now)[0]
    outbox.resume_gateways(gateway.name, now)
    outbox.send(LEDGER, clock, [gateway], lambda message, _: message.id == identity, wait=wait)
    message = outbox.message(identity)
    if message is None:
        raise SmsError("测试短信没有记录下来。")
    return message

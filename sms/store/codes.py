"""Codes of gateways that no table knows: each is put to a person once, and the answer holds from then on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from sms.gateways.protocol import Meaning
from sms.store.model import SmsError
from sms.store.store import Store, upsert
from sms.store.tables import CODES

MEANING_WORD = {
    Meaning.STOP: "停用网关",
    Meaning.WAIT: "稍后重试",
    Meaning.WAIT_AN_HOUR: "一小时后重试",
    Meaning.NUMBER_WAITS: "号码稍后",
    Meaning.BAD_NUMBER: "号码无效",
    Meaning.THIS_TEXT: "这条不发",
    Meaning.OPEN: "结果不明",
}


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was met; ``meaning`` is empty until a person has answered."""

    gateway: str
    code: str
    said: str
    first_at: datetime
    times: int
    meaning: str


class Codes:
    """The codes met in one call of ``send``. ``asked`` holds the questions that are new."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked: list[str] = []

    def meaning(self, gateway: str, code: str, said: str, now: datetime) -> Meaning:
        """What a person has answered; until then only this message is given up."""
        values = {"gateway": gateway, "code": code, "said": said, "first_at": now, "times": 1, "meaning": ""}
        with self._store.write() as connection:
            fresh = upsert(connection, CODES)
            counted = fresh.on_conflict_do_update(
                index_elements=CODES.primary_key.columns, set_={"times": CODES.c.times + 1}
            )
            found = connection.execute(counted.returning(CODES.c.meaning, CODES.c.times), values).one()
        if found.times == 1:
            self.asked.append(question(gateway, code))
        return Meaning(found.meaning) if found.meaning else Meaning.THIS_TEXT


def question(gateway: str, code: str) -> str:
    """The question for people, once a code."""
    return (
        f"网关“{gateway}”回了没有登记的代码 {code}。请查明含义后运行 duban outbox codes {gateway} {code} --means 含义。"
    )


def all_codes(store: Store) -> list[Code]:
    """Every code on record, those without an answer first."""
    order = (CODES.c.meaning != "", CODES.c.first_at)
    with store.read() as connection:
        return [Code(**row._asdict()) for row in connection.execute(select(CODES).order_by(*order))]


def answer(store: Store, gateway: str, code: str, meaning: Meaning) -> None:
    """Record what a code means, by a person. Raises SmsError for one that was never met."""
    this = (CODES.c.gateway == gateway, CODES.c.code == code)
    with store.write() as connection:
        if connection.execute(update(CODES).where(*this).values(meaning=meaning.value)).rowcount != 1:
            raise SmsError(f"网关“{gateway}”没有回过代码 {code}，请用 duban outbox codes 核对。")

"""参数设置: what the office chose for this ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from engine.facts.kinds import SmsSwitch

LONGEST_SIGNATURE = 30
"""Characters. The networks register far shorter ones; what is longer was pasted into the wrong cell."""


class EarlierPolicy(NamedTuple):
    """A regime under which the matters from before ``until`` run: by its name, or by name and archived version."""

    policy: str
    until: date


@dataclass(frozen=True, slots=True)
class Settings:
    """The known keys, typed. ``high_water`` is the greatest running number ever given, by board mark and year
    (``日2026`` → 135): numbers never recur after a deletion. ``trial_mobile`` is E.164,
    ``document_code`` the 发文代字 before the year of a document's number. ``earlier_policies`` stand in the order of
    their ends; ``policy_archive`` is the name under which the present one is kept. ``carried_over``: the year to whose
    book the open matters went; then this one is for reading only. ``carried_from``: the year in whose book
    the closed ones stayed.
    """

    ledger_id: str = ""
    regime: str = ""
    policy_fingerprint: str = ""
    policy_accepted_by: str = ""
    policy_accepted_from: datetime | None = None
    policy_archive: str = ""
    earlier_policies: tuple[EarlierPolicy, ...] = ()
    office_name: str = ""
    document_code: str = ""
    signature: str = ""
    phone: str = ""
    quiet_hours: bool = False
    sms: SmsSwitch = SmsSwitch.OFF
    trial_mobile: str | None = None
    enabled_from: datetime | None = None
    host: str = ""
    journal_id: str = ""
    demonstration: bool = False
    carried_over: int | None = None
    carried_from: int | None = None
    high_water: Mapping[str, int] = field(default_factory=dict)

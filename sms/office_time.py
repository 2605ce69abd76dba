"""Office time, in which the store keeps every moment: of Asia/Shanghai, without its zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def office_time(moment: datetime) -> datetime:
    """The office time of a moment with its zone."""
    return moment.astimezone(ZONE).replace(tzinfo=None)


def office_time_of(timestamp: float) -> datetime:
    """The office time so many seconds after 1970. Raises OverflowError, OSError, ValueError: there is no such time."""
    return datetime.fromtimestamp(timestamp, ZONE).replace(tzinfo=None)

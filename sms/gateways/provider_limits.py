"""What providers allow one number and one account as long as nothing else is agreed, by the kind of gateway."""

from collections.abc import Mapping

from pydantic import Field

from sms.gateways.protocol import Limits

# 阿里云: help.aliyun.com 2881383, 50 notices in 24 hours to one number by one signature and template; 1 a minute, 5 an
# hour and 10 a day hold for verification codes only. Whoever sets lower ones in the console (108293) writes them into
# limits. 腾讯云: cloud.tencent.com/developer/techpedia/1295/8938. Read on 2026-11-26.


class TencentLimits(Limits):
    """10 SMS a calendar day, and the same text once in 30 seconds, which ours never are: each has a token of its own.
    The list of receipts lags, so that absence counts later than elsewhere.
    """

    grace: float = Field(default=900, ge=0)
    per_number_per_day: int = Field(default=10, gt=0)


class MasLimits(Limits):
    """Nothing is published: fewer requests at a time than of the others."""

    at_once: int = Field(default=4, ge=1, le=64)


LIMITS_OF: Mapping[str, type[Limits]] = {
    "aliyun": Limits,
    "tencent": TencentLimits,
    "mas": MasLimits,
    "twilio": Limits,
}
"""Of the gateways that reach real phones."""

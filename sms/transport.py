"""How far a request got, read from the exception that ended it. Both network clients stand on requests."""

from requests.exceptions import ConnectTimeout
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

# These arise while the connection is being made: no byte of the request has left.
_BEFORE_SENDING = (ConnectTimeout, ConnectTimeoutError, NewConnectionError, ProxyError)


def never_left(fault: BaseException) -> bool:
    """Whether the request certainly never reached the gateway: refused, unresolved, or timed out while connecting."""
    return any(isinstance(one, _BEFORE_SENDING) for one in _chain(fault))


def _chain(fault: BaseException | None) -> list[BaseException]:
    """The exception and all that it was made of; the clients wrap, re-raise and pack one in another's arguments."""
    found: list[BaseException] = []
    open_ends = [fault]
    while open_ends:
        one = open_ends.pop()
        if one is None or one in found:
            continue
        found.append(one)
        open_ends += [one.__cause__, one.__context__, getattr(one, "inner_exception", None)]
        open_ends += [argument for argument in one.args if isinstance(argument, BaseException)]
        if isinstance(one, MaxRetryError):
            open_ends.append(one.reason)
    return found

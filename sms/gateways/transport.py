"""How far a request got, read from the exception that ended it. Both network clients stand on requests."""

from ssl import SSLCertVerificationError

from requests.exceptions import ConnectTimeout
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

from sms.gateways.protocol import GatewayError, NotSent, Unknown

# These arise while the connection is being made: no byte of the request has left.
_BEFORE_SENDING = (ConnectTimeout, ConnectTimeoutError, NewConnectionError, ProxyError)


def broken(fault: BaseException, gateway: str) -> GatewayError:
    """What a broken connection means for the request: it certainly never left, or nobody knows."""
    chain = _chain(fault)
    if any(isinstance(one, SSLCertVerificationError) for one in chain):
        return NotSent(f"{gateway}：证书通不过检查，没有发出。请校准本机时间，检查网络代理")
    if any(isinstance(one, _BEFORE_SENDING) for one in chain):
        return NotSent(f"{gateway}：连接不上")
    return Unknown(f"{gateway}：连接中断，不知是否收到")


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

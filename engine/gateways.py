"""The gateways that duban.toml names, opened."""

from collections.abc import Sequence

from engine.config import Config, ConfigError
from sms.gateway import Gateway
from sms.local import LocalGateway


def phone(config: Config) -> LocalGateway:
    """The embedded gateway: a store in the state folder."""
    return LocalGateway(config.state / "phone.sqlite")


def open_gateways(config: Config) -> Sequence[Gateway]:
    """In the order of the config.

    Raises:
        ConfigError: a name that is no gateway.
        SmsError: credentials are missing or readable by others.
    """
    makers = {"local": lambda: phone(config)}
    unknown = [name for name in config.gateways if name not in makers]
    if unknown:
        raise ConfigError(f"不认识短信网关“{unknown[0]}”。可用的有：{'、'.join(makers)}。")
    return [makers[name]() for name in config.gateways]

"""From the tables of duban.toml to gateways. Packages of a gateway that is not used are not loaded."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sms.gateways import credentials
from sms.gateways.local import LocalConfig, LocalGateway
from sms.gateways.protocol import Gateway, kind_of
from sms.store.model import SmsError

Config = TypeVar("Config", bound=BaseModel)
KINDS = ("local", "twilio", "aliyun", "tencent", "mas")


def open_gateway(
    name: str, table: Mapping[str, Any], environment: Mapping[str, str], folder: Path, state: Path
) -> Gateway:
    """The gateway that ``[gateway.NAME]`` describes.

    Relative paths: of the credentials file in ``folder`` (the config's), of the local phone in ``state``.

    Raises:
        SmsError: an unknown kind or entry, a component that is not installed, a missing credential, or a credentials
            file that others can read.
    """
    kind = kind_of(name, table)
    if not table and name != "local" and name in KINDS:
        raise SmsError(f"配置里还没有短信网关“{name}”。请在 duban.toml 中写上 [gateway.{name}] 一节。")
    if kind == "local":
        return LocalGateway(state / _validated(name, LocalConfig, table).file, name)
    if kind == "twilio":
        with _component(name, kind):
            from sms.gateways import twilio

        twilio_config = _validated(name, twilio.TwilioConfig, table)
        account, token = credentials.load(
            twilio.CREDENTIALS, environment, _file(folder, twilio_config.credentials_file)
        )
        return twilio.TwilioGateway(name, twilio_config, account, token)
    if kind == "aliyun":
        with _component(name, kind):
            from sms.gateways import aliyun

        aliyun_config = _validated(name, aliyun.AliyunConfig, table)
        key_id, secret = credentials.load(
            aliyun.CREDENTIALS, environment, _file(folder, aliyun_config.credentials_file)
        )
        return aliyun.AliyunGateway(name, aliyun_config, key_id, secret)
    if kind == "tencent":
        with _component(name, kind):
            from sms.gateways import tencent

        tencent_config = _validated(name, tencent.TencentConfig, table)
        key_id, secret = credentials.load(
            tencent.CREDENTIALS, environment, _file(folder, tencent_config.credentials_file)
        )
        return tencent.TencentGateway(name, tencent_config, key_id, secret)
    if kind == "mas":
        with _component(name, kind):
            from sms.gateways import mas

        mas_config = _validated(name, mas.MasConfig, table)
        ap_id, secret = credentials.load(mas.CREDENTIALS, environment, _file(folder, mas_config.credentials_file))
        return mas.MasGateway(name, mas_config, ap_id, secret)
    raise SmsError(f"不认识短信网关“{name}”的类型“{kind}”：kind 应为 {'、'.join(KINDS)} 之一。")


@contextmanager
def _component(name: str, kind: str) -> Iterator[None]:
    """A network client that is not installed is reported by its extra (``duban[aliyun]``), not by a traceback."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise SmsError(
            f"短信网关“{name}”缺少组件 {missing.name}。请运行 python3 duban.py install-gateways；"
            f"用 pip 安装的，请改装 duban[{kind}]。"
        ) from missing


def _file(folder: Path, name: str) -> Path | None:
    return folder / name if name else None


def _validated(name: str, model: type[Config], table: Mapping[str, Any]) -> Config:
    try:
        return model.model_validate(dict(table))
    except ValidationError as fault:
        # Without the values: somebody may have put a secret there.
        words = {"extra_forbidden": "没有这一项，请核对拼写", "missing": "缺少这一项"}
        faults = "；".join(
            f"“{'.'.join(map(str, item['loc'])) or name}”{words.get(item['type'], '的值不合要求，请对照说明改正')}"
            for item in fault.errors(include_input=False, include_url=False)
        )
        raise SmsError(f"短信网关“{name}”的配置有误：{faults}。") from None

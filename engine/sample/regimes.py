"""What differs between the two samples: names, numbers of documents, who approves, who issues notices and when."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample ledger. ``prefix`` names its TOML files; ``unreachable`` and ``absent`` are units (see ``people``)."""

    file_name: str
    prefix: str
    regime: str
    ledger_id: str
    office_name: str
    signature: str
    phone: str
    notice_prefix: str
    unreachable: str
    absent: str

    @property
    def settings(self) -> Mapping[str, str]:
        """参数设置 of the sample. 演示 keeps every network gateway away from it."""
        return {
            "台账标识": self.ledger_id,
            "制度方案": self.regime,
            "单位名称": self.office_name,
            "短信签名": self.signature,
            "联系电话": self.phone,
            "免打扰": "关",
            "短信发送": "开",
            "演示": "是",
        }


SHUOZHOU = Sample(
    "示例台账.xlsx",
    "shuozhou",
    "朔州",
    "5a0b6f1e-7c1d-4e0a-9d57-000000013710",
    "朔州市人民政府办公室（示例）",
    "朔州市政府督查室",
    "0349-2020000",
    "朔政督办",
    "市外事办公室",
    "市信访局",
)
BAOSHAN = Sample(
    "示例台账-保山.xlsx",
    "baoshan",
    "保山",
    "5a0b6f1e-7c1d-4e0a-9d57-000000002022",
    "保山市人民政府办公室（示例）",
    "保山市政府督查室",
    "0875-2020000",
    "保政督通",
    "",
    "市水务局",
)

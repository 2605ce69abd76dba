"""Whether a worker may take work: one fleet, one version, one set of regimes, one time. Values in, a sentence out."""

from collections.abc import Iterable

from packaging.version import Version

from engine.fleet.registry import FleetHost


def why_held(me: FleetHost, hosts: Iterable[FleetHost], *, dead: float, clock: float) -> str:
    """Why this worker takes no work, empty if it does.

    ``hosts``: all that are registered, among whom the newest version that is alive counts, and of that version the
    regimes and gateways of whoever started last; one that cannot work for a reason of its own (a wrong clock, gateways
    that do not open) holds nobody. ``dead``, ``clock``: seconds without a sign of life, and by which a clock may be
    wrong.
    """
    if abs(me.clock_offset) > clock:
        which = "快" if me.clock_offset > 0 else "慢"
        return (
            f"本机时钟比数据库服务器{which} {_span(abs(me.clock_offset))}，暂不处理台账。"
            "请校准本机的时钟，校准后自动恢复。"
        )
    able = (host for host in hosts if host.is_alive(dead) and abs(host.clock_offset) <= clock and host.gateways)
    newest = max([*able] or [me], key=lambda host: (Version(host.version), host.started_at))
    if Version(me.version) < Version(newest.version):
        return (
            f"本机的程序是 {me.version}，机群里的“{newest.host}”已是 {newest.version}，暂不处理台账。"
            "请升级本机的程序，再重新启动 duban worker。"
        )
    if me.policies != newest.policies:
        return (
            f"本机的制度文件与后启动的“{newest.host}”不同，暂不处理台账。"
            "请核对两台主机的程序和 duban.toml 的 policies，制度文件改成一样后自动恢复，"
            "改了 policies 的要重新启动 duban worker。"
        )
    if me.gateways != newest.gateways:
        return (
            f"本机的短信网关（{me.gateways}）与后启动的“{newest.host}”（{newest.gateways}）不同，暂不处理台账。"
            "请把两台主机 duban.toml 的 gateways 改成一样后重新启动。"
        )
    return ""


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} 分钟" if seconds >= 90 else f"{seconds:.0f} 秒"

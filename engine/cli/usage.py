"""The text of ``--help`` and of a misused command line, in Chinese where typer has English."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from engine.cli.console import PEOPLE
from engine.cli.text_table import table_lines

_HELP = "显示用法"
_QUOTED = re.compile("'([^']+)'")


class Command(TyperCommand):
    """A command whose help is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        return "\n".join(_help(self, ctx))


class Group(TyperGroup):
    """A group of commands whose help is Chinese."""

    def get_help(self, ctx: Any) -> str:
        """The help text."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, (command.help or "").strip()) for name, command in commands if command]
        lines = [f"用法：{ctx.command_path} 命令 [选项]", "", self.help or "", "", "命令："]
        lines += [f"  {line}" for line in table_lines((), rows, PEOPLE.width - 2)]
        return "\n".join([*lines, "", f"每条命令的用法见 {ctx.command_path} 命令 --help。"])


def _help(command: TyperCommand, ctx: Any) -> Iterator[str]:
    parameters: list[Any] = command.get_params(ctx)
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name == "option"]
    needed = [*(one.metavar for one in arguments), *(_spelt(one) for one in options if one.required)]
    yield " ".join([f"用法：{ctx.command_path}", *needed, "[选项]"])
    yield from ("", command.help or "")
    if arguments:
        yield from ("", "要写明：")
        yield from _listed([(one.metavar, one.help or "") for one in arguments])
    yield from ("", "选项：")
    yield from _listed([(_spelt(one), _meaning(one)) for one in options])


def _listed(rows: list[tuple[str, str]]) -> list[str]:
    return [f"  {line}" for line in table_lines((), rows, PEOPLE.width - 2)]


def _spelt(option: Any) -> str:
    names = "/".join([option.opts[0], *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.metavar}"


def _meaning(option: Any) -> str:
    if option.opts[0] == "--help":
        return _HELP
    return f"{option.help}{'（必填）' if option.required else ''}"


def misuse(fault: TyperException) -> str:
    """One Chinese line: what is wrong with a command line, and what to do."""
    context = getattr(fault, "ctx", None)
    path = context.command_path if context else "duban"
    return f"{_wrong(fault)}。用法见 {path} --help。"


def _wrong(fault: TyperException) -> str:
    """Most kinds are classes; an unknown command and a word too many are known by typer's sentence only."""
    said, parameter = fault.message, getattr(fault, "param", None)
    match type(fault).__name__:
        case "NoSuchOption":
            return f"没有这个选项：{getattr(fault, 'option_name', '')}{_near(getattr(fault, 'possibilities', None))}"
        case "MissingParameter":
            return f"缺少必填的内容：{_named(parameter)}"
        case "BadParameter":
            refused = "，没有读它的权限，或者磁盘、网络出错，请检查后再试" if "not readable" in said else ""
            return f"这一项的内容不对：{_named(parameter)}{_wanted(said)}{refused}"
        case "BadOptionUsage":
            return f"选项后面要写明内容：{getattr(fault, 'option_name', '')}"
    if "such command" in said:
        name, *near = _QUOTED.findall(said)
        return f"没有这个命令：{name}{_near(near)}"
    if "extra argument" in said:
        return f"多写了内容：{said.rpartition('(')[2].rstrip(')')}"
    return "命令没有写完整"


def _named(parameter: Any) -> str:
    return _spelt(parameter) if parameter.param_type_name == "option" else str(parameter.metavar)


def _wanted(said: str) -> str:
    words = _QUOTED.findall(said.partition("is not one of")[2])
    return f"，可用：{'、'.join(words)}" if words else ""


def _near(names: Sequence[str] | None) -> str:
    return f"，是不是 {'、'.join(names)}" if names else ""

"""The scheduler at every start of the PC: one task of the Windows Task Scheduler, or one unit of the user's systemd.

Everything is a value before it is done: what a dry run shows is what is carried out.
"""

from dataclasses import dataclass
from pathlib import Path, PurePath
from xml.sax.saxutils import escape, quoteattr

from engine.files.whole_file import replace_file

TASK = "督办值班"
UNIT = "duban.service"
RESTARTS = 99
"""How often Windows starts the scheduler anew, a minute apart, before it waits for the next start of the PC."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A file to write and the commands that make the system take it; empty content: the file goes."""

    path: Path
    content: bytes
    commands: tuple[tuple[str, ...], ...]
    hint: str = ""

    def steps(self) -> list[str]:
        """What will be done, in words."""
        file = f"写入 {self.path}" if self.content else f"删除 {self.path}"
        runs = [f"运行 {' '.join(command)}" for command in self.commands]
        return [file, *runs] if self.content else [*runs, file]

    def held(self) -> bytes:
        """What the file holds as it is; empty where there is none. Raises OSError."""
        return self.path.read_bytes() if self.path.exists() else b""

    def write(self) -> None:
        """Bring the file to its content. Raises OSError."""
        if self.content:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, self.content)
        else:
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Program:
    """What is started: the interpreter with its arguments, in which folder."""

    interpreter: PurePath
    arguments: tuple[str, ...]
    folder: PurePath


def scheduler_program(
    command: str, interpreter: PurePath, config: PurePath, starter: PurePath | None = None
) -> Program:
    """``command`` (``run``, or ``worker`` in a fleet) for this config, by this interpreter; in a source tree by
    ``starter``, which finds the engine.
    """
    how = ("-P", str(starter)) if starter else ("-P", "-m", "engine.cli")
    return Program(interpreter, ("-X", "utf8", *how, command, "--config", str(config)), config.parent)


def windows_task(program: Program, state: Path, user: str, *, is_administrator: bool) -> Registration:
    """A task of ``user``: at log-on, on battery too, without a time limit, started anew after a fault; and at start-up
    where an administrator installs it, since Windows lets nobody else register a task for that.

    It runs while the user is logged on; running before log-on needs the account's password, which only the Task
    Scheduler itself may ask for.
    """
    file = state / f"{TASK}.xml"
    register = ("schtasks", "/Create", "/F", "/TN", TASK, "/XML", str(file))
    before = "" if is_administrator else "先以管理员身份再运行一次 duban install-service，然后"
    hint = (
        f"登录后自动运行。要在无人登录时也运行，请{before}在“任务计划程序”里打开“督办值班”，"
        "选“不管用户是否登录都要运行”并输入密码；台账在共享文件夹上的，这个账号要有权访问。"
    )
    commands = (register, ("schtasks", "/Run", "/TN", TASK))
    xml = _task_xml(program, user, _AT_BOOT if is_administrator else "")
    return Registration(file, xml.encode("utf-16"), commands, hint)


def windows_removal(state: Path) -> Registration:
    """The task ended and taken out."""
    commands = (("schtasks", "/End", "/TN", TASK), ("schtasks", "/Delete", "/F", "/TN", TASK))
    return Registration(state / f"{TASK}.xml", b"", commands)


def systemd_unit(program: Program, home: Path) -> Registration:
    """A unit of the user's own systemd, started anew after a fault. To stop, only the scheduler is signalled, not the
    process that parses for it, and is given the time that a worker of a fleet takes to let its requests come to an end.
    """
    text = f"""\
[Unit]
Description=duban scheduler
StartLimitIntervalSec=0

[Service]
ExecStart={_command_line(program)}
WorkingDirectory={_specifier(str(program.folder))}
Environment=PYTHONUTF8=1
Restart=on-failure
RestartSec=30
KillMode=mixed
TimeoutStopSec=150
UMask=0077

[Install]
WantedBy=default.target
"""
    commands = (("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", UNIT))
    hint = "登录后自动运行。要开机即运行，请让管理员执行：loginctl enable-linger 用户名"
    return Registration(_unit_path(home), text.encode(), commands, hint)


def systemd_removal(home: Path) -> Registration:
    """The unit stopped and taken out."""
    commands = (("systemctl", "--user", "disable", "--now", UNIT),)
    return Registration(_unit_path(home), b"", commands)


def _unit_path(home: Path) -> Path:
    return home / ".config" / "systemd" / "user" / UNIT


def _command_line(program: Program) -> str:
    """Each word in quotes: paths hold blanks, and ``%`` and ``$`` mean something to systemd."""
    words = (str(program.interpreter), *program.arguments)
    escaped = (_specifier(word).replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return " ".join(f'"{word}"' for word in escaped)


def _specifier(word: str) -> str:
    return word.replace("%", "%%").replace("$", "$$")


_AT_BOOT = """
    <BootTrigger>
      <Enabled>true</Enabled>
      <Delay>PT1M</Delay>
    </BootTrigger>"""


def _task_xml(program: Program, user: str, at_boot: str) -> str:
    arguments = " ".join(_windows_word(word) for word in program.arguments)
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>督办：按台账发送提醒和催办短信</Description>
  </RegistrationInfo>
  <Triggers>{at_boot}
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>{escape(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id={quoteattr("Author")}>
      <UserId>{escape(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>{RESTARTS}</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(str(program.interpreter))}</Command>
      <Arguments>{escape(arguments)}</Arguments>
      <WorkingDirectory>{escape(str(program.folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def _windows_word(word: str) -> str:
    """A word as Windows programs split their command line: paths hold no quotation mark."""
    return f'"{word}"' if " " in word else word

"""SZ1-6: the people of 单位通讯录, whether or not a matter names their unit yet."""

from engine.facts.finding import Place, error, hint
from engine.facts.kinds import Role
from engine.facts.unit import Directory
from engine.policy.policy import Policy
from engine.rules.checks.row import Findings

_FIELDS = {Role.HEAD: "head_mobile", Role.CONTACT: "contact_mobile"}


def everybody_has_a_mobile(directory: Directory, policy: Policy) -> Findings:
    """SZ1-6, BS-4: each unit in use has a mobile number for each of its roles; a matter that names it is an error.

    That of 督查室's contact is demanded, as an error, by ``supervision_office_reachable``.
    """
    rules = policy.initiation
    supervision = directory.find(rules.supervision_office)
    for unit in directory.units.values():
        roles = rules.office_roles if unit.is_office else rules.unit_roles
        for role in roles if unit.active else ():
            if unit.responsible(role).mobile is None and not (unit is supervision and role is Role.CONTACT):
                yield hint(
                    unit.place.at(_FIELDS[role]),
                    "mobile_missing",
                    policy.citations.responsible_persons,
                    f"“{unit.name}”没有可用的{role}手机号，牵涉它的事项不能立项。",
                    "请填一个11位手机号；单位已撤并的，请把启用改为“否”。",
                )


def supervision_office_reachable(directory: Directory, policy: Policy) -> Findings:
    """SZ1-14, BS-8.4: escalations go to 督查室, so it stands in the directory with a number."""
    name, clause = policy.initiation.supervision_office, policy.citations.escalation
    unit = directory.find(name)
    if unit is None:
        problem = f"通讯录中没有“{name}”，升级和移交的短信发不出去。"
        yield error(Place("units"), "supervision_office_missing", clause, problem, "请在「单位通讯录」补录。")
    elif unit.contact.mobile is None:
        problem = f"“{name}”没有可用的具体责任人手机号，升级和移交的短信发不出去，它的事项也不能立项。"
        remedy = "请填一个11位手机号。"
        yield error(unit.place.at(_FIELDS[Role.CONTACT]), "supervision_office_missing", clause, problem, remedy)


def check_directory(directory: Directory, policy: Policy) -> Findings:
    """All findings about the directory."""
    yield from everybody_has_a_mobile(directory, policy)
    yield from supervision_office_reachable(directory, policy)

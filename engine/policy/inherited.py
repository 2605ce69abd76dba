"""What a regime says in the words of the one that it is based on, for whoever drafts it to look through."""

from collections.abc import Iterator

from engine.policy.policy import Policy
from engine.policy.portrayal import plain
from engine.policy.tree import Tree


def inherited_words(own: Tree, policy: Policy) -> Iterator[str]:
    """A sentence for each thing that a regime of one's own mostly words itself and this file does not state."""
    base = own.get("based_on")
    if not base:
        return
    rules, notice = policy.initiation, policy.notice
    looked_at = (
        ("initiation", "ranks", "职务", plain(rules.ranks)),
        ("initiation", "offices", "立项主体", plain(rules.offices)),
        ("notice", "opening", "通知的开头", notice.opening),
        ("notice", "demands", "通知的要求", "".join(notice.demands)),
        ("citations", "nodes", "办理时限依据的条款", policy.citations.nodes),
    )
    for section, key, what, said in looked_at:
        if key not in own.get(section, {}):
            yield f"{what}照“{base}”：{said.rstrip('。')}。不同的，请在 [{section}] 写 {key}"

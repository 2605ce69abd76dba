"""``policy try`` over a year: a ledger under today's rules and under others, as a share of the minute it may take.

    python -m bench.trial_bench [MATTERS]

The ledger is that of ``pass_bench``; the other regime urges every 4 hours instead of 3 and reminds a day ahead.
"""

import sys
from datetime import timedelta
from time import monotonic, process_time

from bench.books import large_ledger
from bench.pass_bench import NOW, SETTING_ROWS, facts
from engine.ledger.reading.ledger import read_ledger
from engine.papers.trial_export import trial_tables, trial_workbook
from engine.policy.loading import OwnText, shipped_policies
from engine.policy.shelf import shelved
from engine.review.trial import RegimeOutcome, compared, lights_under, points_under, sent_under

ALLOWED_SECONDS = 60
TODAY = next(iter(shipped_policies()))
OTHER = f"""
regime = "某县"
title = "某县制度"
based_on = "{TODAY}"
in_force_from = 2017-12-01
"""
ROW = """
[[schedule]]
duty = ["节点", "整改"]
kind = "{}"
{}
to = ["承办单位:具体责任人"]
text = "{}"
clause = "MX-1"
"""
ROWS = ROW.format("提醒", 'slots = ["-1d"]', "到期提醒") + ROW.format(
    "催办", "every_hours = 4\nthrough_hours = 48", "催办"
)


def main(matters: int) -> None:
    ledger = read_ledger(large_ledger(matters, reports=0, settings=len(SETTING_ROWS), facts=facts))
    policies = shelved((OwnText("某县.toml", OTHER + ROWS),))
    begin = NOW - timedelta(days=1)
    end = begin + timedelta(days=366)
    since, at = process_time(), monotonic()
    now, then = (
        RegimeOutcome(
            list(sent_under(ledger, policies, regime, begin, end)),
            lights_under(ledger, policies, regime, end),
            points_under(ledger, policies, regime, begin, end),
        )
        for regime in (TODAY, "某县")
    )
    found = compared(now, then)
    trial_workbook(trial_tables(found, TODAY, "某县"))
    share, by_clock = (
        (clock - begun) / ALLOWED_SECONDS for clock, begun in ((process_time(), since), (monotonic(), at))
    )
    print(f"{matters} matters, a year: {len(now.messages)} and {len(then.messages)} SMS,")
    print(f"  {len(found.added)} added, {len(found.gone)} gone; {len(found.entries_added)} entries of points added,")
    print(f"  {len(found.entries_gone)} gone: {share:.2f} of the minute in processor time, {by_clock:.2f} by the clock")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)

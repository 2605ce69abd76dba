"""Everything that is asked of the procedure between 立项 and 销号, in the order of the law."""

from engine.rules import (
    close_out_checks,
    extension_checks,
    history,
    province_checks,
    record_checks,
    report_checks,
    states,
)
from engine.rules.row import Check

CHECKS: tuple[Check, ...] = (
    *record_checks.CHECKS,
    *province_checks.CHECKS,  # SZ1-10
    *report_checks.CHECKS,  # SZ1-9, 13
    *extension_checks.CHECKS,  # SZ1-16
    *close_out_checks.CHECKS,  # SZ1-15, 17, 18
    *history.CHECKS,
    *states.CHECKS,  # reading 26
)
# A closed matter's papers stay true; what is still missing among them is no longer asked for.
ASKED_FOR_EVER: tuple[Check, ...] = (
    *province_checks.ASKED_FOR_EVER,
    *close_out_checks.CHECKS,
    *history.CHECKS,
    *states.CHECKS,
)
# What only papers can offend against is not asked of a matter that has none: most matters, at every pass.
ASKED_OF_PAPERS: tuple[Check, ...] = (
    *record_checks.CHECKS,
    *report_checks.CHECKS,
    *extension_checks.CHECKS,
    *close_out_checks.CHECKS,
)

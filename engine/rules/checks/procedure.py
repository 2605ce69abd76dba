"""Every check of the procedure between 立项 and 销号, in the order of the law."""

from engine.rules.checks import close_out, extension, history, province, records, reports, states
from engine.rules.checks.row import Check

CHECKS: tuple[Check, ...] = (
    *records.CHECKS,
    *province.CHECKS,  # SZ1-10
    *reports.CHECKS,  # SZ1-9, 13
    *extension.CHECKS,  # SZ1-16
    *close_out.CHECKS,  # SZ1-15, 17, 18
    *history.CHECKS,
    *states.CHECKS,  # reading 26
)
# Of a closed matter's records what is missing is no longer reported.
PERMANENT: tuple[Check, ...] = (
    *province.PERMANENT,
    *close_out.CHECKS,
    *history.CHECKS,
    *states.CHECKS,
)
# Checks of records alone are skipped for a matter that has none: most matters, at every pass.
OF_RECORDS: tuple[Check, ...] = (
    *records.CHECKS,
    *reports.CHECKS,
    *extension.CHECKS,
    *close_out.CHECKS,
)

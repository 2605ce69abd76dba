"""What stops a command or a pass and can be mended by a person: each is one Chinese line with the problem and the
remedy. Anything else is a mistake of ours, and goes to the log.
"""

from engine.facts.faults import DubanError
from engine.ledger.package.faults import RefusedError, UnreadableWorkbook
from engine.policy.loading import PolicyError
from engine.policy.workdays import YearNotCoveredError
from sms.gateways.protocol import GatewayError
from sms.store.model import SmsError

KNOWN_FAULTS = (
    DubanError,
    UnreadableWorkbook,
    RefusedError,
    PolicyError,
    YearNotCoveredError,
    SmsError,
    GatewayError,
)

"""Engineering limits: what keeps a fault from doing harm. No law demands them: no clause, the same in every regime."""

from datetime import time, timedelta

MESSAGES_PER_PASS = 200
"""A pass that would send more is held for a person's ``release``."""
MESSAGES_PER_NUMBER = 10
"""The same for one person's mobile number."""
CLOCK_TOLERANCE = timedelta(minutes=10)
"""Facts stamped so far ahead, by a colleague's clock, count as now (reading 23)."""
MORNING_CLOCK = time(8, 30)
"""When 督查室 gets the morning report (晨报)."""

"""Lists of staff: periods in the community's days, and exports as files."""

from meydan.tenants.lists.exports import Export, do_export
from meydan.tenants.lists.period import Period, PeriodInvalid, add_period

__all__ = ["Export", "Period", "PeriodInvalid", "add_period", "do_export"]

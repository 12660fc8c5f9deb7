"""Safety: blocks between profiles, suspensions of matching, and bans of users from the tenant."""

from meydan.safety import personal_data, tasks  # noqa: F401 -- importing the room registers its personal data and schedules
from meydan.safety.bans import Ban, BanReason, do_ban, do_lift
from meydan.safety.blocks import (
    Block,
    BlockLimitReached,
    BlockScope,
    blocked_between,
    do_block,
    do_restore_block,
    do_unblock,
)
from meydan.safety.events import BanLifted, Blocked, SuspensionBegan, SuspensionEnded, Unblocked
from meydan.safety.inheritance import pairs_blocked
from meydan.safety.suspensions import do_resume_matching, do_suspend_matching

__all__ = [
    "Ban",
    "BanLifted",
    "BanReason",
    "Block",
    "BlockLimitReached",
    "BlockScope",
    "Blocked",
    "SuspensionBegan",
    "SuspensionEnded",
    "Unblocked",
    "blocked_between",
    "do_ban",
    "do_block",
    "do_lift",
    "do_restore_block",
    "do_resume_matching",
    "do_suspend_matching",
    "do_unblock",
    "pairs_blocked",
]

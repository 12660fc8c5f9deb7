"""Safety: who does not want to meet whom, and whom the community does not want."""

from meydan.safety import personal_data  # noqa: F401 -- importing the room registers what it keeps of people
from meydan.safety.bans import (
    Ban,
    BanLifted,
    Banned,
    BanReason,
    do_ban,
    do_lift,
)
from meydan.safety.blocks import Block, Blocked, Unblocked, blocked_between, do_block, do_unblock

__all__ = [
    "Ban",
    "BanLifted",
    "BanReason",
    "Banned",
    "Block",
    "Blocked",
    "Unblocked",
    "blocked_between",
    "do_ban",
    "do_block",
    "do_lift",
    "do_unblock",
]

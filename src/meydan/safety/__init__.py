"""Safety: blocks between profiles, and bans of users from the tenant."""

from meydan.safety import personal_data  # noqa: F401 -- importing the room registers its personal data
from meydan.safety.bans import Ban, BanReason, do_ban, do_lift
from meydan.safety.blocks import Block, blocked_between, do_block, do_unblock
from meydan.safety.events import BanLifted, Blocked, Unblocked

__all__ = [
    "Ban",
    "BanLifted",
    "BanReason",
    "Block",
    "Blocked",
    "Unblocked",
    "blocked_between",
    "do_ban",
    "do_block",
    "do_lift",
    "do_unblock",
]

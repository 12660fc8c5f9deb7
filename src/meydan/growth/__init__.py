"""Growth: invitations, and rewards for referrals."""

from meydan.growth import personal_data  # noqa: F401 -- importing the room registers its personal data
from meydan.growth.events import ReferralRewarded
from meydan.growth.invite_pictures import preview_tags
from meydan.growth.invites import Invite, do_get_or_create_invite
from meydan.growth.referrals import InviteInvalid, Refusal
from meydan.growth.settings import GrowthSettings

__all__ = [
    "GrowthSettings",
    "Invite",
    "InviteInvalid",
    "ReferralRewarded",
    "Refusal",
    "do_get_or_create_invite",
    "preview_tags",
]

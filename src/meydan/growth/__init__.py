"""Growth: who brought whom."""

from meydan.growth import personal_data  # noqa: F401 -- importing the room registers what it keeps of people
from meydan.growth.invites import GrowthSettings, Invite, invite
from meydan.growth.referrals import InviteInvalid, ReferralRewarded, Refusal

__all__ = ["GrowthSettings", "Invite", "InviteInvalid", "ReferralRewarded", "Refusal", "invite"]

"""Events of growth, for the rooms above."""

from uuid import UUID

from meydan.kit.events import Event


class ReferralRewarded(Event, frozen=True):
    invited_user_id: UUID
    inviter_user_id: UUID
    invited_reward: int
    inviter_reward: int

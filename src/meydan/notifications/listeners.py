"""Notifications that follow events: a table for the plain ones, a function for each of the others.

Nobody is told what they did themselves, but for what a thief would do in their name."""

from typing import Any, NamedTuple

from meydan import accounts, growth, meeting, messaging, moderation, safety
from meydan.kit.database import Tx
from meydan.kit.events import Event, listen
from meydan.kit.identity import Role
from meydan.money import gifts, payments, premium, wallet
from meydan.notifications import push_subscriptions
from meydan.notifications.inbox import Code, Receiver, do_notify
from meydan.notifications.push_preferences import PushKind
from meydan.notifications.push_sending import Push, PushReceiver, do_push


class EventNotification(NamedTuple):
    """An event that tells one user, in ``event.user_id``. ``fields`` of the event become the notification's data."""

    event: type[Event]
    code: Code
    fields: tuple[str, ...] = ()


EVENT_NOTIFICATIONS = [
    EventNotification(accounts.Registered, Code.welcome),
    EventNotification(accounts.NewDevice, Code.new_device, ("device_name",)),
    EventNotification(accounts.CommunityApproved, Code.community_approved),
    EventNotification(accounts.SignInChanged, Code.sign_in_changed, ("part",)),
    # Read once the ban is over; until then the answer to logging in says the same.
    EventNotification(accounts.UserBanned, Code.banned, ("reason", "until")),
    EventNotification(safety.SuspensionBegan, Code.matching_suspended, ("until",)),
    EventNotification(safety.SuspensionEnded, Code.matching_resumed),
    EventNotification(wallet.WalletFrozen, Code.wallet_frozen, ("reason",)),
    EventNotification(wallet.WalletThawed, Code.wallet_thawed),
    EventNotification(payments.PaymentHeld, Code.payment_held, ("payment_id",)),
    EventNotification(payments.PaymentClawedBack, Code.payment_taken_back, ("payment_id", "coins", "owed", "disputed")),
    EventNotification(premium.PremiumStarted, Code.premium_started, ("period_ends_at",)),
    EventNotification(premium.PremiumRenewed, Code.premium_renewed, ("period_ends_at",)),
    EventNotification(premium.PremiumInGrace, Code.premium_grace, ("grace_ends_at",)),
    # Also to a user who did it: a store may have cancelled in their name. It says until when everything stays.
    EventNotification(premium.PremiumCancelled, Code.premium_cancelled, ("period_ends_at",)),
    EventNotification(premium.DuplicateSubscriptionPaid, Code.premium_paid_twice, ("payment_id", "where")),
    EventNotification(premium.PremiumEnded, Code.premium_ended),
]


def _listen(row: EventNotification) -> None:
    missing = {"user_id", *row.fields} - set(row.event.__struct_fields__)
    if missing:
        raise TypeError(f"{row.event.__name__} has no {', '.join(sorted(missing))}")

    @listen(row.event)
    async def notify(tx: Tx, event: Any) -> None:
        data = {field: getattr(event, field) for field in row.fields}
        await do_notify(tx, [Receiver(event.user_id)], row.code, **data)


for _row in EVENT_NOTIFICATIONS:
    _listen(_row)


@listen(accounts.CodesPaused)
async def codes_paused(tx: Tx, event: accounts.CodesPaused) -> None:
    """To the people who run the community: until midnight UTC nobody new can prove a phone number."""
    staff = await accounts.staff_of(tx, Role.owner, Role.admin)
    await do_notify(
        tx,
        [Receiver(user_id) for user_id in staff],
        Code.codes_paused,
        channel=event.channel,
        spent_cents=event.spent_cents,
        budget_cents=event.budget_cents,
    )


@listen(moderation.CaseSuspendedUser)
async def reports_wait(tx: Tx, event: moderation.CaseSuspendedUser) -> None:
    """To staff who may see the case: they have until then to decide. It does not say about whom."""
    await do_notify(tx, [Receiver(user_id) for user_id in event.deciders], Code.reports_wait, until=event.until)


@listen(growth.ReferralRewarded)
async def referral_rewarded(tx: Tx, event: growth.ReferralRewarded) -> None:
    """The inviter learns that it worked, not who came: they know whom they asked, and nobody else may."""
    invited, inviter = Receiver(event.invited_user_id), Receiver(event.inviter_user_id)
    if event.invited_reward > 0:
        await do_notify(tx, [invited], Code.referral_reward, amount=event.invited_reward, invited=True)
    if event.inviter_reward > 0:
        await do_notify(tx, [inviter], Code.referral_reward, amount=event.inviter_reward, invited=False)


@listen(messaging.MessageSent)
async def message_sent(tx: Tx, event: messaging.MessageSent) -> None:
    """Messages are in no inbox: they are pushed only."""
    push = Push(PushKind.message, str(event.conversation_id), event.conversation_id, event.sender_profile_id)
    await do_push(tx, [PushReceiver(event.receiver_user_id, event.receiver_profile_id)], push)


@listen(accounts.SessionsEnded)
async def sessions_ended(tx: Tx, event: accounts.SessionsEnded) -> None:
    await push_subscriptions.do_end_with_sessions(tx, event.user_id)


@listen(meeting.MatchMade)
async def match_made(tx: Tx, event: meeting.MatchMade) -> None:
    """Both are there: nobody is matched who is away. The frame that says so has opened the talk on their screens."""
    receivers = [Receiver(side.user_id, side.profile_id) for side in event.sides]
    await do_notify(
        tx, receivers, Code.match_made, seen=True, match_id=event.match_id, conversation_id=event.conversation_id
    )


@listen(meeting.MatchEnded)
async def match_ended(tx: Tx, event: meeting.MatchEnded) -> None:
    """To whoever did not end it; how it ended says nothing about why."""
    receivers = [
        Receiver(side.user_id, side.profile_id) for side in event.sides if side.user_id != event.ended_by_user_id
    ]
    await do_notify(
        tx,
        receivers,
        Code.match_ended,
        match_id=event.match_id,
        conversation_id=event.conversation_id,
        status=event.status,
    )


@listen(meeting.ClaimDecided)
async def claim_decided(tx: Tx, event: meeting.ClaimDecided) -> None:
    approved = event.status is meeting.ClaimStatus.approved
    await do_notify(
        tx,
        [Receiver(event.user_id, event.profile_id)],
        Code.claim_approved if approved else Code.claim_rejected,
        claim_id=event.claim_id,
        match_id=event.match_id,
        reason=event.reason,
    )


@listen(gifts.GiftGiven)
async def gift_given(tx: Tx, event: gifts.GiftGiven) -> None:
    """The giver by the face they showed, and no other."""
    await do_notify(
        tx,
        [Receiver(event.receiver_user_id, event.receiver_profile_id)],
        Code.gift_received,
        gift_key=event.gift_key,
        quantity=event.quantity,
        earned=event.earned,
        from_profile_id=event.giver_profile_id,
    )


@listen(payments.PaymentSettled)
async def payment_settled(tx: Tx, event: payments.PaymentSettled) -> None:
    """Notifies of coins only: premium notifies of what a payment for it did."""
    if event.kind == payments.COINS:
        await do_notify(
            tx, [Receiver(event.user_id)], Code.payment_settled, payment_id=event.payment_id, coins=event.coins
        )

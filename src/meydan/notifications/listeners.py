"""What is news to whom. Nobody is told what they did themselves, but for what a thief would do in their name."""

from uuid import UUID

from meydan import accounts, growth, meeting
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.money import gifts, payments, premium, wallet
from meydan.notifications.inbox import Code, Receiver, do_notify


@listen(accounts.Registered)
async def registered(tx: Tx, event: accounts.Registered) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.welcome)


@listen(accounts.NewDevice)
async def new_device(tx: Tx, event: accounts.NewDevice) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.new_device, device_name=event.device_name)


@listen(accounts.SignInChanged)
async def sign_in_changed(tx: Tx, event: accounts.SignInChanged) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.sign_in_changed, part=event.part)


@listen(accounts.CodesPaused)
async def codes_paused(tx: Tx, event: accounts.CodesPaused) -> None:
    """To the people who run the community: until midnight UTC nobody can prove a phone number."""
    staff = await tx.all(
        UUID, "select id from app.users where tenant_id = $1 and role in ('owner', 'admin') and erased_at is null"
    )
    await do_notify(
        tx,
        [Receiver(user_id) for user_id in staff],
        Code.codes_paused,
        channel=event.channel,
        spent_cents=event.spent_cents,
        budget_cents=event.budget_cents,
    )


@listen(accounts.UserBanned)
async def banned(tx: Tx, event: accounts.UserBanned) -> None:
    """Read once the ban is over; until then the answer to logging in says the same."""
    await do_notify(tx, [Receiver(event.user_id)], Code.banned, reason=event.reason, until=event.until)


@listen(growth.ReferralRewarded)
async def referral_rewarded(tx: Tx, event: growth.ReferralRewarded) -> None:
    """The inviter learns that it worked, not who came: they know whom they asked, and nobody else may."""
    invited, inviter = Receiver(event.invited_user_id), Receiver(event.inviter_user_id)
    if event.invited_reward > 0:
        await do_notify(tx, [invited], Code.referral_reward, amount=event.invited_reward, invited=True)
    if event.inviter_reward > 0:
        await do_notify(tx, [inviter], Code.referral_reward, amount=event.inviter_reward, invited=False)


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


@listen(wallet.WalletFrozen)
async def wallet_frozen(tx: Tx, event: wallet.WalletFrozen) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.wallet_frozen, reason=event.reason)


@listen(wallet.WalletThawed)
async def wallet_thawed(tx: Tx, event: wallet.WalletThawed) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.wallet_thawed)


@listen(payments.PaymentSettled)
async def payment_settled(tx: Tx, event: payments.PaymentSettled) -> None:
    """What a payment for premium did is said by premium itself."""
    if event.kind == payments.COINS:
        await do_notify(
            tx, [Receiver(event.user_id)], Code.payment_settled, payment_id=event.payment_id, coins=event.coins
        )


@listen(payments.PaymentHeld)
async def payment_held(tx: Tx, event: payments.PaymentHeld) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.payment_held, payment_id=event.payment_id)


@listen(payments.PaymentTakenBack)
async def payment_taken_back(tx: Tx, event: payments.PaymentTakenBack) -> None:
    await do_notify(
        tx,
        [Receiver(event.user_id)],
        Code.payment_taken_back,
        payment_id=event.payment_id,
        coins=event.coins,
        owed=event.owed,
        disputed=event.disputed,
    )


@listen(premium.PremiumStarted)
async def premium_started(tx: Tx, event: premium.PremiumStarted) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.premium_started, period_ends_at=event.period_ends_at)


@listen(premium.PremiumRenewed)
async def premium_renewed(tx: Tx, event: premium.PremiumRenewed) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.premium_renewed, period_ends_at=event.period_ends_at)


@listen(premium.PremiumInGrace)
async def premium_in_grace(tx: Tx, event: premium.PremiumInGrace) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.premium_grace, grace_ends_at=event.grace_ends_at)


@listen(premium.PremiumCancelled)
async def premium_cancelled(tx: Tx, event: premium.PremiumCancelled) -> None:
    """Also who did it themselves: a shop may have done it in their name, and it says until when everything stays."""
    await do_notify(tx, [Receiver(event.user_id)], Code.premium_cancelled, period_ends_at=event.period_ends_at)


@listen(premium.PaidTwice)
async def premium_paid_twice(tx: Tx, event: premium.PaidTwice) -> None:
    await do_notify(
        tx, [Receiver(event.user_id)], Code.premium_paid_twice, payment_id=event.payment_id, where=event.where
    )


@listen(premium.PremiumEnded)
async def premium_ended(tx: Tx, event: premium.PremiumEnded) -> None:
    await do_notify(tx, [Receiver(event.user_id)], Code.premium_ended)

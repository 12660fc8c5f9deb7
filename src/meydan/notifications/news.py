"""What is news to whom. Nobody is told what they did themselves."""

from uuid import UUID

from meydan import accounts, growth, safety
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.notifications.inbox import Code, do_notify


@listen(accounts.Registered)
async def registered(tx: Tx, event: accounts.Registered) -> None:
    await do_notify(tx, event.user_id, Code.welcome)


@listen(accounts.NewDevice)
async def new_device(tx: Tx, event: accounts.NewDevice) -> None:
    await do_notify(tx, event.user_id, Code.new_device, device_name=event.device_name)


@listen(accounts.CodesPaused)
async def codes_paused(tx: Tx, event: accounts.CodesPaused) -> None:
    """To the people who run the community: until midnight UTC nobody can prove a phone number."""
    staff = await tx.all(
        UUID, "select id from app.users where tenant_id = $1 and role in ('owner', 'admin') and erased_at is null"
    )
    for user_id in staff:
        await do_notify(
            tx,
            user_id,
            Code.codes_paused,
            channel=event.channel,
            spent_cents=event.spent_cents,
            budget_cents=event.budget_cents,
        )


@listen(safety.Banned)
async def banned(tx: Tx, event: safety.Banned) -> None:
    """Read once the ban is over; until then the answer to logging in says the same."""
    await do_notify(tx, event.user_id, Code.banned, reason=event.reason, until=event.until)


@listen(growth.ReferralRewarded)
async def referral_rewarded(tx: Tx, event: growth.ReferralRewarded) -> None:
    """The inviter learns that it worked, not who came: they know whom they asked, and nobody else may."""
    for user_id, amount in [
        (event.invited_user_id, event.invited_reward),
        (event.inviter_user_id, event.inviter_reward),
    ]:
        if amount > 0:
            await do_notify(tx, user_id, Code.referral_reward, amount=amount, invited=user_id == event.invited_user_id)

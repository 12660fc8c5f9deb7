"""What messages cost: counted for each community, in one row for each that is to be sent; codes stop at the day's budget."""

from meydan import integrations, tenants
from meydan.accounts import events
from meydan.accounts.settings import AccountsSettings
from meydan.integrations import Channel
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish


class SendingPaused(Refused):
    code, status, title = (
        "sending_paused",
        503,
        "No more text messages can be sent today. Please use e-mail or your password.",
    )


async def do_queue_up(tx: Tx) -> None:
    """One sender at a time in a community: limits and budget are counted, then used."""
    await tx.run("select pg_advisory_xact_lock($1, hashtext('one-time codes'))")


async def do_pay(tx: Tx, channel: Channel, *, whatever_is_left: bool = False) -> int:
    """The cents that one message costs; the caller has queued up and writes them down with it. Raises SendingPaused.

    The breaker opens when the day's budget is spent, and says so once, with the last text that it lets through.
    """
    adapters = integrations.current()
    cost = adapters.sms_cost_cents if channel is Channel.sms else 0
    if cost == 0:
        return 0
    budget = (await tenants.settings(tx, AccountsSettings)).sms_daily_budget_cents
    if budget is None:
        budget = adapters.sms_daily_budget_cents
    spent = await tx.one(
        int,
        """
        select coalesce(sum(cost_cents), 0)::integer from app.otp_verifications
        where tenant_id = $1 and created_at >= date_trunc('day', app.now(), 'UTC')
        """,
    )
    if spent + cost > budget and not whatever_is_left:
        raise SendingPaused
    if spent + cost <= budget < spent + 2 * cost:
        await tenants.record(tx, "codes_paused", channel=channel, spent_cents=spent + cost, budget_cents=budget)
        await publish(tx, events.CodesPaused(channel, spent + cost, budget))
    return cost

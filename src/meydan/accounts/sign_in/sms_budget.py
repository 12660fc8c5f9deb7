"""The daily budget for text messages of a tenant. Each message's row holds its cost; codes stop at the budget."""

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


async def lock_code_sending(tx: Tx) -> None:
    """Serialises a tenant's sending of codes until commit: limits and budget are read and then used.

    Locks: an advisory lock of the tenant.
    """
    await tx.run("select pg_advisory_xact_lock($1, hashtext('one-time codes'))")


async def do_reserve_budget(tx: Tx, channel: Channel, *, may_exceed: bool = False) -> int:
    """The cost of one message in cents. The caller has locked the sending, and stores the cost in the message's row.

    Publishes CodesPaused once a day, with the last message that the budget allows.

    Raises: SendingPaused.
    Runs as: service.
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
    if spent + cost > budget and not may_exceed:
        raise SendingPaused
    if spent + cost <= budget < spent + 2 * cost:
        await tenants.do_record(tx, "codes_paused", channel=channel, spent_cents=spent + cost, budget_cents=budget)
        await publish(tx, events.CodesPaused(channel, spent + cost, budget))
    return cost

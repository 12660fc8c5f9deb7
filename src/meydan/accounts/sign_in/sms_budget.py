"""The installation's daily budget for text messages, in a record that only grows.

No account, community or program takes a line out of it, so erasing, founding and registering again reset nothing. A quarter
of each budget is kept for known devices. A text that never leaves gives its cost back by a line of its own.
"""

from uuid import UUID

from msgspec import Struct

from meydan import integrations, tenants
from meydan.accounts import events
from meydan.accounts.identifiers import Contact
from meydan.accounts.settings import AccountsSettings
from meydan.integrations import Channel
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.kit.events import publish

KEPT_PERCENT = 25
"""Share of a budget that only known devices may spend."""


class SendingPaused(Refused):
    code, status, title = (
        "sending_paused",
        503,
        "No more text messages can be sent today. Please use e-mail or your password.",
    )


class CountryClosed(Refused):
    code, status, title = "country_closed", 422, "No text messages are sent to this country. Please use e-mail."


class _Spending(Struct, frozen=True):
    granted: bool
    spent_cents: int


async def check_country(tx: Tx, contact: Contact) -> None:
    """Refuses a country that is neither the community's own nor opened by the installation; a community can close more.

    Raises: CountryClosed.
    """
    if contact.country is None:
        return
    settings = await tenants.settings(tx, AccountsSettings)
    opened = {*integrations.current().sms_countries, settings.default_region}
    if contact.country not in opened or (settings.sms_countries and contact.country not in settings.sms_countries):
        raise CountryClosed(country=contact.country)


async def lock_sending(tx: Tx, channel: Channel) -> None:
    """Serialises the sending of codes until commit, so that limits are read and then used.

    Text messages share a lock of the installation, e-mails one of the tenant.

    Locks: an advisory lock.
    """
    if channel is Channel.sms:
        await tx.connection.execute("select pg_advisory_xact_lock(hashtext('app.sms_spendings'))")
    else:
        await tx.run("select pg_advisory_xact_lock($1, hashtext('one-time codes'))")


async def do_spend(tx: Tx, otp_id: UUID, channel: Channel, *, is_known: bool) -> SendingPaused | None:
    """Writes down the cost of a message. Returns the refusal, so that its record and event are committed.

    Publishes CodesPaused with the first refusal of a day.

    Locks: an advisory lock of the installation.
    Runs as: service.
    """
    adapters = integrations.current()
    cost = adapters.sms_cost_cents if channel is Channel.sms else 0
    if cost == 0:
        return None
    budget = adapters.sms_daily_budget_cents
    own_budget = (await tenants.settings(tx, AccountsSettings)).sms_daily_budget_cents
    here = budget if own_budget is None else min(budget, own_budget)
    spending = await tx.one(
        _Spending,
        "select granted, spent_cents from app.spend_on_text($1, $2, $3, $4, $5, $6, $7)",
        otp_id,
        cost,
        is_known,
        budget,
        here,
        KEPT_PERCENT,
    )
    if spending.granted:
        return None
    await _do_tell(tx, channel, spending.spent_cents, here)
    return SendingPaused()


async def _do_tell(tx: Tx, channel: Channel, spent_cents: int, budget_cents: int) -> None:
    is_told = await tx.one(
        bool,
        """
        select exists (select from app.system_logs where tenant_id = $1 and action = 'codes_paused'
        and created_at >= date_trunc('day', app.now(), 'UTC'))
        """,
    )
    if not is_told:
        await tenants.do_record(tx, "codes_paused", channel=channel, spent_cents=spent_cents, budget_cents=budget_cents)
        await publish(tx, events.CodesPaused(channel, spent_cents, budget_cents))


async def do_return_cost(tx: Tx, otp_id: UUID) -> None:
    """Gives back the cost of a text message that will not be sent. Idempotent.

    Runs as: service.
    """
    await tx.run("select app.return_text_cost($1, $2)", otp_id)

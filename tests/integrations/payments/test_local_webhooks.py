"""Webhooks of our provider: sent until taken, beyond the end of a process, and badly where the owner says so."""

from meydan import config, integrations, tenants
from meydan.integrations.payments.contract import Paid
from meydan.integrations.payments.local.adapter import LocalProvider
from meydan.integrations.payments.local.books import webhook_delivery
from meydan.integrations.payments.local.books.store import Store
from meydan.integrations.payments.local.signatures import SIGNATURE, api_keys
from tests.conftest import MovableClock
from tests.integrations.payments.local_shopping import (
    Mailbox,
    Shopping,
    browser,
    buy,
    events,
    mailbox,
    no_other_came,
    order,
    provider,
)

__all__ = ["mailbox", "order", "provider"]


async def test_a_webhook_comes_until_it_is_taken(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, moving_clock: MovableClock
):
    mailbox.answers = [500, 302]
    await buy(provider, order())
    await mailbox.wait_for(1)
    moving_clock.forward(seconds=2)
    await mailbox.wait_for(2)
    moving_clock.forward(seconds=3)
    await mailbox.wait_for(3)
    assert len({webhook.body for webhook in mailbox.received}) == 1
    assert len({webhook.headers[SIGNATURE] for webhook in mailbox.received}) > 1, "signed anew each time"
    await no_other_came(provider, order, mailbox, 3)
    moving_clock.forward(hours=1)
    await no_other_came(provider, order, mailbox, 4)


async def test_webhooks_outlive_the_process_that_owed_them(
    provider: LocalProvider, order: Shopping, mailbox: Mailbox, settings: config.Settings, moving_clock: MovableClock
):
    mailbox.answers = [503]
    await buy(provider, order())
    await mailbox.wait_for(1)
    place = integrations.current().local_payments
    assert place is not None
    async with webhook_delivery.client(None) as client:  # as another process, or the same after a start, would have it
        moving_clock.forward(seconds=2)
        await webhook_delivery.Sender(Store(place.database), client).do_deliver_due()
    await mailbox.wait_for(2)


async def test_webhooks_can_be_told_to_misbehave(
    provider: LocalProvider,
    order: Shopping,
    mailbox: Mailbox,
    tenant: tenants.Tenant,
    pay_place: str,
    moving_clock: MovableClock,
):
    async def be(**manners: object) -> None:
        key = {"authorization": f"Bearer {api_keys(tenant.id)[0]}"}
        async with browser() as client:
            assert (
                await client.put(f"{pay_place}/pay/local/v1/webhook-behaviour", json=manners, headers=key)
            ).is_success

    await be(repeats=2)
    await buy(provider, order())
    first = await mailbox.wait_for(3)
    assert len({webhook_event.event_id for webhook_event in first}) == 1
    await be(delay=3600)
    await buy(provider, order())
    await be(shuffled=True, delay=600)
    checkouts = [await buy(provider, order()) for _ in range(8)]
    moving_clock.forward(minutes=11)
    told = (await mailbox.wait_for(3 + 8))[3:]
    came = [event.checkout for event in await events(provider, told) if isinstance(event, Paid)]
    assert sorted(filter(None, came)) == sorted(checkout.provider_checkout_id for checkout in checkouts)
    assert came != [checkout.provider_checkout_id for checkout in checkouts]

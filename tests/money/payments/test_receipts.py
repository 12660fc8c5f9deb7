"""A store's receipt counts for its owner, whoever hands it in."""

import msgspec

from meydan.integrations.payments.enums import ProviderName
from tests.money.shops import Shop, in_days


async def test_a_renewal_handed_in_by_somebody_else_renews_its_own_membership(shop: Shop):
    await shop.connect(ProviderName.google)
    book = shop.books[ProviderName.google]
    ana, bora = await shop.person(), await shop.person()
    order, first = await shop.go_premium(ana, reference="sub_ana", provider="google")
    theirs = await shop.subscribe(bora, provider="google")
    # A renewal names nobody: neither an order nor a buyer.
    renewal = shop.paid(
        order, payment_id=None, checkout=None, subscription="sub_ana", period_ends_at=in_days(60), amount=first.amount
    )
    book.truth["receipt"] = [renewal]
    handed_in = await shop.ask(bora, "POST", f"/api/payments/{theirs['id']}/receipt", {"receipt": "receipt"})
    assert handed_in.status_code == 202
    await shop.work()

    assert (await shop.get(bora, f"/api/payments/{theirs['id']}"))["status"] == "pending"
    assert (await shop.get(bora, "/api/premium"))["subscription"] is None
    hers = (await shop.get(ana, "/api/premium"))["subscription"]
    assert hers["period_ends_at"] == msgspec.to_builtins(renewal.period_ends_at)
    assert len((await shop.get(ana, "/api/payments"))["items"]) == 2

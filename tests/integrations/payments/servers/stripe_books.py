"""What our Stripe remembers, what its payers do, and the events that follow, as Stripe documents them."""

import copy
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import stripe
from stripe import checkout

from meydan.kit import clock
from tests.integrations.payments.servers.stripe_shapes import listed, shaped

KINDS: dict[str, type] = {
    "charge": stripe.Charge,
    "checkout.session": checkout.Session,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "payment_intent": stripe.PaymentIntent,
    "refund": stripe.Refund,
    "subscription": stripe.Subscription,
}
_PREFIXES = {
    "charge": "ch",
    "checkout.session": "cs_test",
    "dispute": "dp",
    "event": "evt",
    "invoice": "in",
    "invoice_payment": "inpay",
    "payment_intent": "pi",
    "refund": "re",
    "subscription": "sub",
}
_DAYS = {"week": 7, "month": 30, "year": 365}


def seconds(at: datetime) -> int:
    return int(at.timestamp())


class Books:
    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        """Each with the object as it was then, in the version of the API the endpoint was made with."""
        self.now = clock.now()
        self._prices: dict[str, dict[str, Any]] = {}
        self._number = count(1)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def put(self, kind: str, **known: Any) -> dict[str, Any]:
        made = shaped(
            KINDS[kind],
            id=f"{_PREFIXES[kind]}_{next(self._number):03}{uuid4().hex[:20]}",
            object=kind,
            created=seconds(self.now),
            **({} if kind == "refund" else {"livemode": False}),
            **known,
        )
        self.things[made["id"]] = made
        return made

    def of(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """The newest first."""
        found = [thing for thing in self.things.values() if thing["object"] == kind]
        return [thing for thing in reversed(found) if all(thing[name] == value for name, value in wanted.items())]

    def tell(self, type: str, thing: dict[str, Any]) -> dict[str, Any]:
        event = self.put(
            "event",
            type=type,
            api_version="2024-06-20",
            data={"object": copy.deepcopy(thing), "previous_attributes": None},
            request=None,
            pending_webhooks=1,
        )
        self.events.append(event)
        return event

    # What the API does

    def open_session(self, given: dict[str, Any], address: str) -> dict[str, Any]:
        (item,) = given["line_items"]
        price = item["price_data"]
        amount = price["unit_amount"] * item["quantity"]
        session = self.put(
            "checkout.session",
            **{
                name: given.get(name)
                for name in ("client_reference_id", "success_url", "cancel_url", "locale", "submit_type")
            },
            customer_email=given.get("customer_email"),
            adaptive_pricing=given.get("adaptive_pricing", {"enabled": True}),
            metadata=given.get("metadata", {}),
            mode=given["mode"],
            status="open",
            payment_status="unpaid",
            currency=price["currency"],
            amount_subtotal=amount,
            amount_total=amount,
            payment_method_types=["card"],
            expires_at=given.get("expires_at", seconds(self.now + timedelta(hours=24))),
        )
        session["url"] = f"{address}/c/pay/{session['id']}"
        self._prices[session["id"]] = given
        return session

    def refund(self, intent: dict[str, Any], amount: int, metadata: dict[str, str] | None = None) -> dict[str, Any]:
        charge = self.things[intent["latest_charge"]]
        made = self.put(
            "refund",
            amount=amount,
            charge=charge["id"],
            payment_intent=intent["id"],
            currency=charge["currency"],
            status="succeeded",
            metadata=metadata or {},
        )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.tell("refund.created", made)
        self.tell("charge.refunded", charge)
        return made

    def fail_refund(self, refund_id: str) -> None:
        """The payer's bank would not take it; the money comes back to the operator."""
        refund = self.things[refund_id]
        charge = self.things[refund["charge"]]
        refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        self.tell("refund.failed", refund)

    def change_subscription(self, subscription: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        subscription["cancel_at_period_end"] = given["cancel_at_period_end"]
        ends = subscription["items"]["data"][0]["current_period_end"]
        subscription["cancel_at"] = ends if given["cancel_at_period_end"] else None
        subscription["canceled_at"] = seconds(self.now) if given["cancel_at_period_end"] else None
        self.tell("customer.subscription.updated", subscription)
        return subscription

    # What payers and their banks do

    def pay(self, session_id: str, card: str = "fingerprint1") -> dict[str, Any]:
        """The charge that paid it."""
        session = self.things[session_id]
        if session["status"] != "open":
            raise ValueError("the page is closed")
        if session["mode"] == "subscription":
            charge = self._subscribe(session, card)
        else:
            charge = self._charge(self._intent_of(session), card)
            self.tell("payment_intent.succeeded", self.things[charge["payment_intent"]])
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        self.tell("checkout.session.completed", session)
        return charge

    def decline(self, session_id: str) -> None:
        intent = self._intent_of(self.things[session_id])
        failed = self._attempt(intent, "fingerprint1", paid=False)
        intent["status"] = "requires_payment_method"
        self.tell("charge.failed", failed)
        self.tell("payment_intent.payment_failed", intent)

    def promise(self, session_id: str) -> None:
        """By a method that takes days."""
        session = self.things[session_id]
        self._intent_of(session)["status"] = "processing"
        session |= {"status": "complete", "url": None}
        self.tell("checkout.session.completed", session)

    def promise_subscription(self, session_id: str) -> None:
        """The same for what renews: it runs at Stripe from now on, and its first invoice is being paid."""
        session = self.things[session_id]
        charge = self._subscribe(session, None)
        self.events = [
            event for event in self.events if not event["type"].startswith(("charge.", "payment_", "invoice."))
        ]
        intent, invoice = self.things[charge["payment_intent"]], self.things[session["invoice"]]
        charge |= {"status": "pending", "paid": False, "captured": False, "amount_captured": 0}
        intent |= {"status": "processing", "amount_received": 0}
        invoice |= {"status": "open", "amount_paid": 0}
        self.of("invoice_payment", invoice=invoice["id"])[0] |= {"status": "open", "amount_paid": None}
        session |= {"status": "complete", "url": None}
        self.tell("checkout.session.completed", session)

    def keep_subscription_promise(self, session_id: str) -> None:
        session = self.things[session_id]
        invoice = self.things[session["invoice"]]
        part = self.of("invoice_payment", invoice=invoice["id"])[0]
        intent = self.things[part["payment"]["payment_intent"]]
        charge = self.things[intent["latest_charge"]]
        charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        invoice |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        part |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        session["payment_status"] = "paid"
        self.tell("invoice.paid", invoice)
        self.tell("checkout.session.async_payment_succeeded", session)

    def keep_promise(self, session_id: str) -> dict[str, Any]:
        session = self.things[session_id]
        charge = self._charge(self._intent_of(session), None)
        session["payment_status"] = "paid"
        self.tell("checkout.session.async_payment_succeeded", session)
        return charge

    def break_promise(self, session_id: str) -> None:
        session = self.things[session_id]
        intent = self._intent_of(session)
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = shaped(
            stripe.PaymentIntent.LastPaymentError, type="card_error", code="insufficient_funds"
        )
        self.tell("checkout.session.async_payment_failed", session)

    def expire(self, session_id: str) -> None:
        session = self.things[session_id]
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)

    def renew(self, subscription_id: str, card: str = "fingerprint1") -> dict[str, Any]:
        subscription = self.things[subscription_id]
        self._next_period(subscription)
        subscription["status"] = "active"
        charge = self._invoice(subscription, "subscription_cycle", card)
        self.tell("customer.subscription.updated", subscription)
        return charge

    def switch(self, subscription_id: str, amount: int, interval: str, lookup_key: str | None) -> dict[str, Any]:
        """In the customer portal, to another price of the operator's; another interval begins, and is charged, now."""
        subscription = self.things[subscription_id]
        item = subscription["items"]["data"][0]
        item["price"] = shaped(
            stripe.Price,
            id=f"price_{uuid4().hex[:14]}",
            currency=subscription["currency"],
            unit_amount=amount,
            lookup_key=lookup_key,
            recurring=shaped(stripe.Price.Recurring, interval=interval, interval_count=1),
        )
        item["current_period_start"] = seconds(self.now)
        item["current_period_end"] = seconds(self.now + timedelta(days=_DAYS[interval]))
        charge = self._invoice(subscription, "subscription_update", "fingerprint1", unused=amount // 10)
        self.tell("customer.subscription.updated", subscription)
        return charge

    def fail_renewal(self, subscription_id: str) -> None:
        subscription = self.things[subscription_id]
        self._next_period(subscription)
        subscription["status"] = "past_due"
        self.tell("customer.subscription.updated", subscription)

    def end(self, subscription_id: str) -> None:
        subscription = self.things[subscription_id]
        subscription |= {"status": "canceled", "ended_at": seconds(self.now), "canceled_at": seconds(self.now)}
        self.tell("customer.subscription.deleted", subscription)

    def dispute(self, charge_id: str, status: str = "needs_response", amount: int | None = None) -> dict[str, Any]:
        charge = self.things[charge_id]
        dispute = self.put(
            "dispute",
            amount=amount or charge["amount"],
            charge=charge_id,
            payment_intent=charge["payment_intent"],
            currency=charge["currency"],
            reason="fraudulent",
            status=status,
        )
        charge["disputed"] = True
        self.tell("charge.dispute.created", dispute)
        return dispute

    def close_dispute(self, dispute_id: str, status: str) -> None:
        dispute = self.things[dispute_id]
        dispute["status"] = status
        self.tell("charge.dispute.closed", dispute)

    def sell_elsewhere(self, amount: int, metadata: dict[str, str] | None = None) -> dict[str, Any]:
        """The operator's other shop uses the same account."""
        intent = self.put(
            "payment_intent", amount=amount, currency="eur", metadata=metadata or {}, payment_method_types=["card"]
        )
        charge = self._charge(intent, "fingerprint9")
        self.tell("payment_intent.succeeded", intent)
        return charge

    def _intent_of(self, session: dict[str, Any]) -> dict[str, Any]:
        if session["payment_intent"] is None:
            asked = self._prices[session["id"]].get("payment_intent_data", {})
            made = self.put(
                "payment_intent",
                amount=session["amount_total"],
                currency=session["currency"],
                description=asked.get("description"),
                metadata=asked.get("metadata", {}),
                payment_method_types=["card"],
                status="requires_payment_method",
            )
            session["payment_intent"] = made["id"]
        return self.things[session["payment_intent"]]

    def _attempt(self, intent: dict[str, Any], card: str | None, *, paid: bool) -> dict[str, Any]:
        details = shaped(stripe.Charge.PaymentMethodDetails, type="card" if card else "sepa_debit")
        if card:
            details["card"] = shaped(
                stripe.Charge.PaymentMethodDetails.Card, brand="visa", fingerprint=card, last4="4242", exp_year=2030
            )
        charge = self.put(
            "charge",
            amount=intent["amount"],
            amount_captured=intent["amount"] if paid else 0,
            captured=paid,
            paid=paid,
            status="succeeded" if paid else "failed",
            currency=intent["currency"],
            metadata=dict(intent["metadata"]),
            payment_intent=intent["id"],
            payment_method_details=details,
        )
        intent["latest_charge"] = charge["id"]
        return charge

    def _charge(self, intent: dict[str, Any], card: str | None) -> dict[str, Any]:
        charge = self._attempt(intent, card, paid=True)
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        self.tell("charge.succeeded", charge)
        return charge

    def _subscribe(self, session: dict[str, Any], card: str | None) -> dict[str, Any]:
        asked = self._prices[session["id"]]
        price = asked["line_items"][0]["price_data"]
        customer = f"cus_{uuid4().hex[:14]}"
        subscription = self.put(
            "subscription",
            customer=customer,
            currency=price["currency"],
            metadata=asked["subscription_data"].get("metadata", {}),
            description=asked["subscription_data"].get("description"),
            status="active",
            start_date=seconds(self.now),
        )
        recurring = shaped(stripe.Price.Recurring, interval=price["recurring"]["interval"], interval_count=1)
        item = shaped(
            stripe.SubscriptionItem,
            id=f"si_{uuid4().hex[:14]}",
            subscription=subscription["id"],
            current_period_start=seconds(self.now),
            current_period_end=seconds(self.now + timedelta(days=_DAYS[price["recurring"]["interval"]])),
            price=shaped(
                stripe.Price,
                id=f"price_{uuid4().hex[:14]}",
                currency=price["currency"],
                unit_amount=price["unit_amount"],
                recurring=recurring,
            ),
        )
        subscription["items"] = listed(f"/v1/subscription_items?subscription={subscription['id']}", [item])
        session |= {"subscription": subscription["id"], "customer": customer}
        charge = self._invoice(subscription, "subscription_create", card)
        session["invoice"] = subscription["latest_invoice"]
        self.tell("customer.subscription.created", subscription)
        return charge

    def _next_period(self, subscription: dict[str, Any]) -> None:
        item = subscription["items"]["data"][0]
        length = item["current_period_end"] - item["current_period_start"]
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] += length

    def _invoice(
        self, subscription: dict[str, Any], reason: str, card: str | None, *, unused: int = 0
    ) -> dict[str, Any]:
        """``unused``: what of the price before is counted against it."""
        item = subscription["items"]["data"][0]
        amount, currency = item["price"]["unit_amount"] - unused, subscription["currency"]
        intent = self.put("payment_intent", amount=amount, currency=currency, payment_method_types=["card"])
        charge = self._charge(intent, card)
        invoice = self.put(
            "invoice",
            amount_due=amount,
            amount_paid=amount,
            total=amount,
            subtotal=amount,
            currency=currency,
            customer=subscription["customer"],
            billing_reason=reason,
            status="paid",
            period_start=seconds(self.now),
            period_end=seconds(self.now),
            parent=shaped(
                stripe.Invoice.Parent,
                type="subscription_details",
                subscription_details=shaped(
                    stripe.Invoice.Parent.SubscriptionDetails,
                    subscription=subscription["id"],
                    metadata=dict(subscription["metadata"]),
                ),
            ),
        )
        line = shaped(
            stripe.InvoiceLineItem,
            id=f"il_{uuid4().hex[:14]}",
            amount=amount,
            currency=currency,
            invoice=invoice["id"],
            pricing=shaped(
                stripe.InvoiceLineItem.Pricing,
                type="price_details",
                price_details=shaped(stripe.InvoiceLineItem.Pricing.PriceDetails, price=item["price"]["id"]),
            ),
            period={"start": item["current_period_start"], "end": item["current_period_end"]},
            parent=shaped(
                stripe.InvoiceLineItem.Parent,
                type="subscription_item_details",
                subscription_item_details=shaped(
                    stripe.InvoiceLineItem.Parent.SubscriptionItemDetails,
                    subscription=subscription["id"],
                    subscription_item=item["id"],
                ),
            ),
        )
        invoice["lines"] = listed(f"/v1/invoices/{invoice['id']}/lines", [line])
        self.put(
            "invoice_payment",
            amount_paid=amount,
            amount_requested=amount,
            currency=currency,
            invoice=invoice["id"],
            is_default=True,
            payment=shaped(stripe.InvoicePayment.Payment, type="payment_intent", payment_intent=intent["id"]),
            status="paid",
        )
        subscription["latest_invoice"] = invoice["id"]
        self.tell("payment_intent.succeeded", intent)
        self.tell("invoice.paid", invoice)
        return charge

"""Books of our Stripe: its objects, acts of payers and banks, and the events that follow, as Stripe documents them."""

import copy
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import stripe
from stripe import checkout

from meydan.kit import clock
from tests.integrations.payments.servers.shapes import made
from tests.integrations.payments.servers.stripe_shapes import listed, shape_of

Thing = dict[str, Any]

_CLASSES: dict[str, Any] = {
    "ch": stripe.Charge,
    "cs_test": checkout.Session,
    "dp": stripe.Dispute,
    "evt": stripe.Event,
    "in": stripe.Invoice,
    "inpay": stripe.InvoicePayment,
    "pi": stripe.PaymentIntent,
    "re": stripe.Refund,
    "sub": stripe.Subscription,
}
"""Classes of the library, by how the ids of their objects begin."""
KINDS: dict[str, type] = {kind.OBJECT_NAME: kind for kind in _CLASSES.values()}
_PREFIXES = {kind.OBJECT_NAME: prefix for prefix, kind in _CLASSES.items()}
_DAYS = {"month": 30, "year": 365}
_AS_ORDERED = ("client_reference_id", "success_url", "cancel_url", "locale", "submit_type", "customer_email")


def seconds(at: datetime) -> int:
    return int(at.timestamp())


class Books:
    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.events: list[Thing] = []
        """Each with the object as it was then, in the version of the API the endpoint was made with."""
        self.now = clock.now()
        self._asked: dict[str, Thing] = {}
        """Parameters of each session."""
        self._number = count(1)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def put(self, kind: str, **known: Any) -> Thing:
        name = f"{_PREFIXES[kind]}_{next(self._number):03}{uuid4().hex[:20]}"
        thing = made(shape_of(KINDS[kind]), id=name, object=kind, created=seconds(self.now), **known)
        self.things[name] = thing
        return thing

    def of(self, kind: str, **wanted: Any) -> list[Thing]:
        """All of a kind, the newest first."""
        found = [thing for thing in self.things.values() if thing["object"] == kind]
        return [thing for thing in reversed(found) if all(thing[name] == value for name, value in wanted.items())]

    def tell(self, type: str, thing: Thing) -> Thing:
        data = {"object": copy.deepcopy(thing), "previous_attributes": None}
        event = self.put("event", type=type, api_version="2024-06-20", data=data, pending_webhooks=1)
        self.events.append(event)
        return event

    # What the API does

    def open_session(self, given: Thing) -> Thing:
        (item,) = given["line_items"]
        amount = int(item["price_data"]["unit_amount"]) * int(item["quantity"])
        session = self.put(
            "checkout.session",
            **{name: given.get(name) for name in _AS_ORDERED},
            adaptive_pricing={"enabled": given["adaptive_pricing"]["enabled"] == "true"},
            metadata=given["metadata"],
            mode=given["mode"],
            status="open",
            payment_status="unpaid",
            currency=item["price_data"]["currency"],
            **dict.fromkeys(("amount_subtotal", "amount_total"), amount),
            payment_method_types=["card"],
            expires_at=seconds(self.now + timedelta(hours=24)),
        )
        session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
        self._asked[session["id"]] = given
        return session

    def refund(self, intent: Thing, amount: int, metadata: dict[str, str] | None = None) -> Thing:
        charge = self.things[intent["latest_charge"]]
        about = {"charge": charge["id"], "payment_intent": intent["id"], "currency": charge["currency"]}
        refund = self.put("refund", amount=amount, status="succeeded", metadata=metadata or {}, **about)
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge)
        return refund

    def fail_refund(self, refund_id: str) -> None:
        """The payer's bank would not take it; the money comes back to the operator."""
        refund = self.things[refund_id]
        charge = self.things[refund["charge"]]
        refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        self.tell("refund.failed", refund)

    def change_subscription(self, subscription: Thing, *, ends: bool) -> None:
        subscription["cancel_at_period_end"] = ends
        subscription["cancel_at"] = subscription["items"]["data"][0]["current_period_end"] if ends else None
        subscription["canceled_at"] = seconds(self.now) if ends else None
        self.tell("customer.subscription.updated", subscription)

    # What payers and their banks do

    def pay(self, session_id: str, card: str = "fingerprint1") -> Thing:
        """Answers the charge that paid it."""
        session = self.things[session_id]
        assert session["status"] == "open"
        charge = self._collect(self._intent_of(session), card)
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        self.tell("checkout.session.completed", session)
        return charge

    def decline(self, session_id: str) -> None:
        intent = self._intent_of(self.things[session_id])
        intent["status"] = "requires_payment_method"
        self.tell("charge.failed", self._attempt(intent, "fingerprint1", paid=False))
        self.tell("payment_intent.payment_failed", intent)

    def promise(self, session_id: str) -> None:
        """Payment by a method that takes days. A subscription runs from now on, and its first invoice is being paid."""
        session = self.things[session_id]
        self._intent_of(session)["status"] = "processing"
        session |= {"status": "complete", "url": None}
        self.tell("checkout.session.completed", session)

    def keep_promise(self, session_id: str) -> None:
        session = self.things[session_id]
        self._collect(self._intent_of(session), None)
        session["payment_status"] = "paid"
        self.tell("checkout.session.async_payment_succeeded", session)

    def break_promise(self, session_id: str) -> None:
        session = self.things[session_id]
        kind = shape_of(stripe.PaymentIntent.LastPaymentError)
        error = made(kind, type="card_error", code="insufficient_funds")
        self._intent_of(session).update(status="requires_payment_method", last_payment_error=error)
        self.tell("checkout.session.async_payment_failed", session)

    def expire(self, session_id: str) -> None:
        session = self.things[session_id]
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)

    def renew(self, subscription_id: str, card: str = "fingerprint1") -> Thing:
        subscription = self.things[subscription_id]
        self._next_period(subscription)
        subscription["status"] = "active"
        charge = self._collect(self._invoice(subscription, "subscription_cycle"), card)
        self.tell("customer.subscription.updated", subscription)
        return charge

    def switch(self, subscription_id: str, amount: int, interval: str, lookup_key: str | None) -> None:
        """Another price of the operator's in the customer portal; its interval begins, and is charged, now."""
        subscription = self.things[subscription_id]
        item = subscription["items"]["data"][0]
        item |= self._priced(subscription["currency"], amount, interval, lookup_key)
        self._collect(self._invoice(subscription, "subscription_update", unused=amount // 10), "fingerprint1")
        self.tell("customer.subscription.updated", subscription)

    def fail_renewal(self, subscription_id: str) -> None:
        subscription = self.things[subscription_id]
        self._next_period(subscription)
        subscription["status"] = "past_due"
        self.tell("customer.subscription.updated", subscription)

    def end(self, subscription_id: str) -> None:
        subscription = self.things[subscription_id]
        subscription |= {"status": "canceled", "ended_at": seconds(self.now), "canceled_at": seconds(self.now)}
        self.tell("customer.subscription.deleted", subscription)

    def dispute(self, charge_id: str, status: str = "needs_response", amount: int | None = None) -> Thing:
        charge = self.things[charge_id]
        charge["disputed"] = True
        about = {"charge": charge_id} | {name: charge[name] for name in ("payment_intent", "currency")}
        amount = amount or charge["amount"]
        dispute = self.put("dispute", amount=amount, reason="fraudulent", status=status, **about)
        self.tell("charge.dispute.created", dispute)
        return dispute

    def close_dispute(self, dispute_id: str, status: str) -> None:
        dispute = self.things[dispute_id]
        dispute["status"] = status
        self.tell("charge.dispute.closed", dispute)

    def sell_elsewhere(self, amount: int, metadata: dict[str, str] | None = None) -> Thing:
        """A sale of the operator's other shop, which uses the same account."""
        return self._collect(self._intent(amount, "eur", metadata=metadata or {}), "fingerprint9")

    def _intent(self, amount: int, currency: str, **known: Any) -> Thing:
        about = {"payment_method_types": ["card"], "status": "requires_payment_method"} | known
        return self.put("payment_intent", amount=amount, currency=currency, **about)

    def _intent_of(self, session: Thing) -> Thing:
        """The intent that a session's payer pays, directly or by a subscription's first invoice."""
        if session["invoice"]:
            (part,) = self.of("invoice_payment", invoice=session["invoice"])
            return self.things[part["payment"]["payment_intent"]]
        if session["payment_intent"]:
            return self.things[session["payment_intent"]]
        asked = self._asked[session["id"]]
        if session["mode"] == "subscription":
            subscription = self._subscribe(asked)
            intent = self._invoice(subscription, "subscription_create")
            session |= {name: subscription[name] for name in ("customer", "currency")}
            session |= {"subscription": subscription["id"], "invoice": subscription["latest_invoice"]}
            self.tell("customer.subscription.created", subscription)
            return intent
        about = {name: asked["payment_intent_data"][name] for name in ("description", "metadata")}
        intent = self._intent(session["amount_total"], session["currency"], **about)
        session["payment_intent"] = intent["id"]
        return intent

    def _attempt(self, intent: Thing, card: str | None, *, paid: bool) -> Thing:
        details: Thing = {"type": "card" if card else "sepa_debit"}
        if card:
            details["card"] = {"brand": "visa", "fingerprint": card, "last4": "4242", "exp_year": 2030}
        charge = self.put(
            "charge",
            **{name: intent[name] for name in ("amount", "currency")},
            metadata=dict(intent["metadata"]),
            amount_captured=intent["amount"] if paid else 0,
            captured=paid,
            paid=paid,
            status="succeeded" if paid else "failed",
            payment_intent=intent["id"],
            payment_method_details=details,
        )
        intent["latest_charge"] = charge["id"]
        return charge

    def _collect(self, intent: Thing, card: str | None) -> Thing:
        """The money comes; an invoice of the intent's is paid by it."""
        charge = self._attempt(intent, card, paid=True)
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)
        parts = [one for one in self.of("invoice_payment") if one["payment"]["payment_intent"] == intent["id"]]
        for part in parts:
            invoice = self.things[part["invoice"]]
            for one in (part, invoice):
                one.update(status="paid", amount_paid=intent["amount"])
            self.tell("invoice.paid", invoice)
        return charge

    def _subscribe(self, asked: Thing) -> Thing:
        price = asked["line_items"][0]["price_data"]
        priced = self._priced(price["currency"], int(price["unit_amount"]), price["recurring"]["interval"], None)
        item = made(shape_of(stripe.SubscriptionItem), id=f"si_{uuid4().hex[:14]}", **priced)
        return self.put(
            "subscription",
            customer=f"cus_{uuid4().hex[:14]}",
            currency=price["currency"],
            **{name: asked["subscription_data"][name] for name in ("description", "metadata")},
            status="active",
            start_date=seconds(self.now),
            items=listed("/v1/subscription_items", [item]),
        )

    def _priced(self, currency: str, amount: int, interval: str, lookup_key: str | None) -> Thing:
        """A subscription item's price, and its period from now on."""
        recurring = {"interval": interval, "interval_count": 1}
        about = {"currency": currency, "unit_amount": amount, "lookup_key": lookup_key, "recurring": recurring}
        return {
            "price": made(shape_of(stripe.Price), id=f"price_{uuid4().hex[:14]}", **about),
            "current_period_start": seconds(self.now),
            "current_period_end": seconds(self.now + timedelta(days=_DAYS[interval])),
        }

    def _next_period(self, subscription: Thing) -> None:
        item = subscription["items"]["data"][0]
        length = item["current_period_end"] - item["current_period_start"]
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] += length

    def _invoice(self, subscription: Thing, reason: str, *, unused: int = 0) -> Thing:
        """Answers the intent of an open invoice. ``unused``: the part of the price before that is counted against it."""
        item, currency = subscription["items"]["data"][0], subscription["currency"]
        amount = item["price"]["unit_amount"] - unused
        intent = self._intent(amount, currency)
        named = {"subscription": subscription["id"]}
        line = {
            "id": f"il_{uuid4().hex[:14]}",
            "amount": amount,
            "currency": currency,
            "pricing": {"type": "price_details", "price_details": {"price": item["price"]["id"]}},
            "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
            "parent": {
                "type": "subscription_item_details",
                "subscription_item_details": named | {"subscription_item": item["id"]},
            },
        }
        invoice = self.put(
            "invoice",
            **dict.fromkeys(("amount_due", "total", "subtotal"), amount),
            **dict.fromkeys(("period_start", "period_end"), seconds(self.now)),
            currency=currency,
            customer=subscription["customer"],
            billing_reason=reason,
            status="open",
            parent={
                "type": "subscription_details",
                "subscription_details": named | {"metadata": dict(subscription["metadata"])},
            },
            lines=listed("/v1/invoices/lines", [made(shape_of(stripe.InvoiceLineItem), **line)]),
        )
        payment = {"type": "payment_intent", "payment_intent": intent["id"]}
        about = {"currency": currency, "invoice": invoice["id"], "is_default": True}
        self.put("invoice_payment", amount_requested=amount, payment=payment, status="open", **about)
        subscription["latest_invoice"] = invoice["id"]
        return intent

"""A server that behaves like Stripe: keys, form bodies, required parameters, idempotency, pages, signed webhooks.

Parameters are held against the parameter types of Stripe's library and every answer against its classes, both of which are
generated from Stripe's OpenAPI document; what else Stripe refuses is from docs.stripe.com/api.
"""

import copy
import json
import random
from collections.abc import Iterable
from typing import Any, get_args
from urllib.parse import parse_qs

import stripe
from stripe import params
from stripe.params import checkout as checkout_params

from meydan.integrations.payments.contract import Webhook
from tests.integrations.payments.fake_server import (
    Answered,
    Asked,
    FakeServer,
    KeyReused,
    badly_delivered,
    signed_at_send,
)
from tests.integrations.payments.servers.stripe_books import KINDS, Books
from tests.integrations.payments.servers.stripe_shapes import ParameterWrong, check, decoded, listed, parameters

API_VERSION = stripe.api_version
_RETRIEVED: dict[str, tuple[str, type]] = {
    "charges": ("charge", params.ChargeRetrieveParams),
    "checkout/sessions": ("checkout.session", checkout_params.SessionRetrieveParams),
    "disputes": ("dispute", params.DisputeRetrieveParams),
    "invoices": ("invoice", params.InvoiceRetrieveParams),
    "payment_intents": ("payment_intent", params.PaymentIntentRetrieveParams),
    "refunds": ("refund", params.RefundRetrieveParams),
    "subscriptions": ("subscription", params.SubscriptionRetrieveParams),
}
_LISTED: dict[str, tuple[str, type]] = {
    "charges": ("charge", params.ChargeListParams),
    "disputes": ("dispute", params.DisputeListParams),
    "invoice_payments": ("invoice_payment", params.InvoicePaymentListParams),
}
_ONLY_IN = {"payment_intent_data": "payment", "submit_type": "payment", "subscription_data": "subscription"}


class _Refusal(Exception):
    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None, **more: Any
    ) -> None:
        self.status = status
        self.error = {"type": "invalid_request_error", "message": message} | more
        self.error |= {name: word for name, word in (("code", code), ("param", param)) if word}


class StripeServer(FakeServer):
    def __init__(self, secret_key: str = "sk_test_meydan1", webhook_secret: str = "whsec_of_this_community") -> None:
        super().__init__()
        self.books = Books()
        self.secret_key, self.webhook_secret = secret_key, webhook_secret

    async def answer(self, asked: Asked) -> Answered:
        try:
            return self._answer(asked)
        except ParameterWrong as wrong:
            message = f"Received an unacceptable parameter: {wrong.param}"
            error = {"type": "invalid_request_error", "code": wrong.code, "param": wrong.param, "message": message}
            return Answered(400, {"error": error}, {"request-id": "req_wrong"})
        except _Refusal as refusal:
            return Answered(refusal.status, {"error": refusal.error}, {"request-id": "req_refused"})

    # Webhooks

    def webhook(self, event: dict[str, Any], *, secret: str | None = None, age: float = 0) -> Webhook:
        """As Stripe signs it; ``age``: seconds since it was signed, which is anew with each attempt."""
        body = json.dumps(event, indent=2, ensure_ascii=False).encode()
        signature = signed_at_send(body, secret or self.webhook_secret, age=age)
        return Webhook({"stripe-signature": f"{signature},v0={'0' * 64}"}, body)

    def webhooks(self, *types: str, repeats: int = 0, shuffled: random.Random | None = None) -> list[Webhook]:
        """Of all that happened so far, or of these types, badly delivered."""
        sent = [event for event in self.books.events if not types or event["type"] in types]
        return [self.webhook(event) for event in badly_delivered(sent, repeats=repeats, shuffled=shuffled)]

    # The API

    def _answer(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {self.secret_key}":
            shown = asked.headers.get("authorization", "")[-4:]
            raise _Refusal(401, f"Invalid API Key provided: sk_test_****{shown}")
        if asked.headers.get("stripe-version") != API_VERSION:
            raise _Refusal(400, f"Invalid Stripe API version: {asked.headers.get('stripe-version')}")
        path = asked.path.removeprefix("/v1/")
        if asked.method == "GET":
            return Answered(200, self._read(path, decoded(asked.query)))
        if asked.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise _Refusal(400, "Invalid request: the content type is not application/x-www-form-urlencoded")
        form = parse_qs(asked.body.decode(), keep_blank_values=True, strict_parsing=bool(asked.body))
        return self._write_once(asked, path, decoded(form))

    def _write_once(self, asked: Asked, path: str, form: dict[str, Any]) -> Answered:
        key = asked.headers.get("idempotency-key")
        if key is None or len(key) > 255:
            raise _Refusal(400, "no usable Idempotency-Key, which Stripe's libraries always send")
        try:
            return Answered(200, self.once(key, [path, form], lambda: self._write(path, form)))
        except KeyReused:
            words = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise _Refusal(400, words, type="idempotency_error") from None

    def _write(self, path: str, form: dict[str, Any]) -> Any:
        if path == "checkout/sessions":
            given = parameters(checkout_params.SessionCreateParams, form)
            _check_session(given)
            return self._presented(self.books.open_session(given, "https://checkout.stripe.com"), given.get("expand"))
        if path == "refunds":
            given = parameters(params.RefundCreateParams, form)
            return self._presented(self._refund(given), given.get("expand"))
        kind, _, name = path.rpartition("/")
        if kind == "subscriptions":
            given = parameters(params.SubscriptionUpdateParams, form)
            subscription = self._found("subscription", name)
            if subscription["status"] == "canceled":
                raise _Refusal(400, "A canceled subscription can only update its cancellation_details and metadata.")
            return self._presented(self.books.change_subscription(subscription, given), given.get("expand"))
        raise _Refusal(404, f"Unrecognized request URL (POST: /v1/{path}).")

    def _read(self, path: str, query: dict[str, Any]) -> Any:
        if path in _LISTED:
            kind, form = _LISTED[path]
            return self._page(path, kind, parameters(form, query))
        collection, _, name = path.rpartition("/")
        if collection not in _RETRIEVED:
            raise _Refusal(404, f"Unrecognized request URL (GET: /v1/{path}).")
        kind, form = _RETRIEVED[collection]
        return self._presented(self._found(kind, name), parameters(form, query).get("expand"))

    def _found(self, kind: str, name: str) -> dict[str, Any]:
        found = self.books.things.get(name)
        if found is None or found["object"] != kind:
            raise _Refusal(404, f"No such {kind}: '{name}'", code="resource_missing", param="id")
        return found

    def _page(self, path: str, kind: str, given: dict[str, Any]) -> Any:
        wanted = self.books.of(kind)
        created = given.get("created", {})
        if created:
            wanted = [one for one in wanted if created["gte"] <= one["created"] < created["lt"]]
        if isinstance(given.get("payment_intent"), str):
            wanted = [one for one in wanted if one["payment_intent"] == given["payment_intent"]]
        if "payment" in given:
            wanted = [one for one in wanted if one["payment"]["payment_intent"] == given["payment"]["payment_intent"]]
        after = given.get("starting_after")
        start = [one["id"] for one in wanted].index(after) + 1 if after else 0
        shown, rest = self.page(wanted, start, given.get("limit", 10))
        expand = [one.removeprefix("data.") for one in given.get("expand", [])]
        return listed(f"/v1/{path}", [self._presented(one, expand) for one in shown], more=rest is not None)

    def _refund(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("payment_intent" in given) is ("charge" in given):
            raise _Refusal(400, "You must specify one of charge, payment_intent", code="parameter_missing")
        intent = self._found("payment_intent", given["payment_intent"])
        if intent["status"] != "succeeded":
            raise _Refusal(
                400, "This PaymentIntent does not have a successful charge to refund.", param="payment_intent"
            )
        charge = self.books.things[intent["latest_charge"]]
        left = charge["amount"] - charge["amount_refunded"]
        if left == 0:
            raise _Refusal(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        if charge["disputed"]:
            raise _Refusal(400, f"Charge {charge['id']} has been charged back.", code="charge_disputed")
        amount = given.get("amount", left)
        if not 0 < amount <= left:
            raise _Refusal(400, "Refund amount is greater than unrefunded amount on charge", param="amount")
        return self.books.refund(intent, amount, given.get("metadata"))

    def _presented(self, thing: dict[str, Any], expand: Iterable[str] | None) -> dict[str, Any]:
        shown = copy.deepcopy(thing)
        for path in expand or ():
            if path.count(".") >= 4:
                raise _Refusal(400, "You cannot expand more than 4 levels of a property", param="expand")
            self._expand(shown, path.split("."))
        check(KINDS[shown["object"]], shown)
        return shown

    def _expand(self, shown: dict[str, Any], path: list[str]) -> None:
        name, *rest = path
        included = self._included(shown, name)
        if included is not None:
            shown.setdefault(name, included)
        elif name not in KINDS[shown["object"]].__annotations__ or not _expands(shown["object"], name):
            raise _Refusal(400, f"This property cannot be expanded ({name}).", param="expand")
        elif isinstance(shown[name], str):
            shown[name] = copy.deepcopy(self.books.things[shown[name]])
        if rest and shown[name] is not None:
            self._expand(shown[name], rest)

    def _included(self, shown: dict[str, Any], name: str) -> Any:
        match shown["object"], name:
            case "charge", "refunds":
                items = copy.deepcopy(self.books.of("refund", charge=shown["id"]))
                return listed(f"/v1/charges/{shown['id']}/refunds", items)
            case "invoice", "payments":
                return listed(
                    "/v1/invoice_payments", copy.deepcopy(self.books.of("invoice_payment", invoice=shown["id"]))
                )
        return None


def _expands(kind: str, name: str) -> bool:
    return str in get_args(KINDS[kind].__annotations__[name]) or "ForwardRef" in str(KINDS[kind].__annotations__[name])


def _check_session(given: dict[str, Any]) -> None:
    """What the types do not say."""
    for name in ("mode", "line_items", "success_url"):
        if name not in given:
            raise ParameterWrong("parameter_missing", name)
    for name, mode in _ONLY_IN.items():
        if name in given and given["mode"] != mode:
            raise _Refusal(400, f"You can not pass `{name}` in `{given['mode']}` mode.", param=name)
    for number, item in enumerate(given["line_items"]):
        _check_price(item["price_data"], given["mode"], f"line_items[{number}][price_data]")
    if any(len(word) > 500 for word in given.get("metadata", {}).values()) or len(given.get("metadata", {})) > 50:
        raise ParameterWrong("parameter_invalid", "metadata")
    if len(given.get("client_reference_id", "")) > 200:
        raise ParameterWrong("parameter_invalid", "client_reference_id")


def _check_price(price: dict[str, Any], mode: str, at: str) -> None:
    if "unit_amount" not in price and "unit_amount_decimal" not in price:
        raise ParameterWrong("parameter_missing", f"{at}[unit_amount]")
    if ("product_data" in price) is ("product" in price):
        raise ParameterWrong("parameter_missing", f"{at}[product]")
    if ("recurring" in price) is not (mode == "subscription"):
        raise _Refusal(400, f"The price's kind does not fit `{mode}` mode.", param=f"{at}[recurring]")
    if price["currency"] != price["currency"].lower():
        raise ParameterWrong("parameter_invalid", f"{at}[currency]")

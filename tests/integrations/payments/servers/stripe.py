"""A server that behaves like Stripe: keys, form bodies, required parameters, idempotency, pages, signed webhooks.

Parameters are held against the parameter types of Stripe's library, and every answer against its classes. Other refusals
are from docs.stripe.com/api. A question that our adapter must never ask fails its test.
"""

import copy
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

import stripe
from stripe import params
from stripe.params import checkout as checkout_params

from meydan.integrations.payments.contract import Webhook
from tests.integrations.payments.fake_server import Answered, Asked, FakeServer, KeyReused, Refused, signed_at_send
from tests.integrations.payments.servers.stripe_books import KINDS, Books
from tests.integrations.payments.servers.stripe_shapes import check, decoded, fields_of, listed, parameters

_COLLECTIONS = {
    "charges": "charge",
    "checkout/sessions": "checkout.session",
    "disputes": "dispute",
    "invoices": "invoice",
    "invoice_payments": "invoice_payment",
    "payment_intents": "payment_intent",
    "refunds": "refund",
    "subscriptions": "subscription",
}
_INCLUDED = {("charge", "refunds"): "refund", ("invoice", "payments"): "invoice_payment"}
"""Lists inside an object that have to be asked for, and their kinds."""
_KEY_REUSED = "Keys for idempotent requests can only be used with the same parameters they were first used with."


def _refused(message: str, *, status: int = 400, **more: str) -> Refused:
    error = {"type": "invalid_request_error", "message": message} | more
    return Refused(Answered(status, {"error": error}, {"request-id": "req_refused"}))


class StripeServer(FakeServer):
    secret_key = "sk_test_meydan1"
    webhook_secret = "whsec_of_this_community"

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.events = self.books.events

    def webhook(self, event: dict[str, Any], *, secret: str | None = None, age: float = 0) -> Webhook:
        """A webhook as Stripe signs it; ``age``: seconds since it was signed, which is anew with each attempt."""
        body = json.dumps(event, indent=2, ensure_ascii=False).encode()
        signature = signed_at_send(body, secret or self.webhook_secret, age=age)
        return Webhook({"stripe-signature": f"{signature},v0={'0' * 64}"}, body)

    # The API

    async def answer(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {self.secret_key}":
            raise _refused("Invalid API Key provided: sk_test_****", status=401)
        assert asked.headers["stripe-version"] == stripe.api_version
        path = asked.path.removeprefix("/v1/")
        if asked.method == "GET":
            return Answered(200, self._read(path, decoded(asked.query)))
        assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
        form = decoded(parse_qs(asked.body.decode(), keep_blank_values=True, strict_parsing=bool(asked.body)))
        key = asked.headers["idempotency-key"]  # which Stripe's libraries always send
        try:
            return Answered(200, self.once(key, [path, form], lambda: self._write(path, form)))
        except KeyReused:
            raise _refused(_KEY_REUSED, type="idempotency_error") from None

    def _write(self, path: str, form: dict[str, Any]) -> Any:
        collection, _, name = path.rpartition("/")
        if path == "checkout/sessions":
            given = _given("Create", "checkout.session", form)
            _check_session(given)
            made = self.books.open_session(given)
        elif path == "refunds":
            given = _given("Create", "refund", form)
            made = self._refund(given)
        else:
            assert collection == "subscriptions", path
            given, made = _given("Update", "subscription", form), self._found("subscription", name)
            if made["status"] == "canceled":
                raise _refused("A canceled subscription can only update its cancellation_details and metadata.")
            self.books.change_subscription(made, given)
        return self._presented(made, given.get("expand"))

    def _read(self, path: str, query: dict[str, Any]) -> Any:
        if path in _COLLECTIONS:
            return self._page(path, _COLLECTIONS[path], query)
        collection, _, name = path.rpartition("/")
        kind = _COLLECTIONS[collection]
        return self._presented(self._found(kind, name), _given("Retrieve", kind, query).get("expand"))

    def _found(self, kind: str, name: str) -> dict[str, Any]:
        found = self.books.things.get(name)
        if found is None or found["object"] != kind:
            raise _refused(f"No such {kind}: '{name}'", status=404, code="resource_missing", param="id")
        return found

    def _page(self, path: str, kind: str, query: dict[str, Any]) -> Any:
        given = _given("List", kind, query)
        wanted = self.books.of(kind, **{name: given[name] for name in ("payment_intent",) if name in given})
        if created := given.get("created"):
            wanted = [one for one in wanted if created["gte"] <= one["created"] < created["lt"]]
        if payment := given.get("payment"):
            wanted = [one for one in wanted if one["payment"]["payment_intent"] == payment["payment_intent"]]
        after = given.get("starting_after")
        start = [one["id"] for one in wanted].index(after) + 1 if after else 0
        shown, rest = self.page(wanted, start, given.get("limit", 10))
        expand = [one.removeprefix("data.") for one in given.get("expand", [])]
        return listed(f"/v1/{path}", [self._presented(one, expand) for one in shown], more=rest is not None)

    def _refund(self, given: dict[str, Any]) -> dict[str, Any]:
        intent = self._found("payment_intent", given["payment_intent"])
        assert intent["status"] == "succeeded"
        charge = self.books.things[intent["latest_charge"]]
        left = charge["amount"] - charge["amount_refunded"]
        if left == 0:
            raise _refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        if charge["disputed"]:
            raise _refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
        if not 0 < given["amount"] <= left:
            raise _refused("Refund amount is greater than unrefunded amount on charge", param="amount")
        return self.books.refund(intent, given["amount"], given.get("metadata"))

    def _presented(self, thing: dict[str, Any], expand: Iterable[str] | None) -> dict[str, Any]:
        shown = copy.deepcopy(thing)
        for path in expand or ():
            assert path.count(".") < 4, "Stripe expands no more than four levels"
            self._expand(shown, path.split("."))
        check(KINDS[shown["object"]], shown)
        return shown

    def _expand(self, shown: dict[str, Any], path: list[str]) -> None:
        name, *rest = path
        kind = shown["object"]
        if included := _INCLUDED.get((kind, name)):
            items = copy.deepcopy(self.books.of(included, **{kind: shown["id"]}))
            shown.setdefault(name, listed(f"/v1/{kind}s/{shown['id']}/{name}", items))
        else:
            assert str in fields_of(KINDS[kind])[name], f"{kind}.{name} cannot be expanded"
            if isinstance(shown[name], str):
                shown[name] = copy.deepcopy(self.books.things[shown[name]])
        if rest and shown[name] is not None:
            self._expand(shown[name], rest)


def _given(act: str, kind: str, form: dict[str, Any]) -> dict[str, Any]:
    """A form as the library's parameter type of that act and kind reads it."""
    module = checkout_params if kind == "checkout.session" else params
    return parameters(getattr(module, f"{KINDS[kind].__name__}{act}Params"), form)


def _check_session(given: dict[str, Any]) -> None:
    """Holds what the parameter types do not say of a session."""
    mode = given["mode"]
    assert given["success_url"]
    assert ("payment_intent_data" in given) is ("submit_type" in given) is (mode == "payment")
    assert ("subscription_data" in given) is (mode == "subscription")
    for item in given["line_items"]:
        price = item["price_data"]
        assert price["unit_amount"] > 0
        assert price["product_data"]
        assert ("recurring" in price) is (mode == "subscription")
        assert price["currency"] == price["currency"].lower()
    metadata = given["metadata"]
    assert len(metadata) <= 50 and max(map(len, metadata.values())) <= 500
    assert len(given["client_reference_id"]) <= 200

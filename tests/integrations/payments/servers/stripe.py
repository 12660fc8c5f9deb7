"""A server that behaves like Stripe: keys, form bodies, required parameters, idempotency, pages, signed webhooks.

Every answer is held against the classes of Stripe's library; refusals are from docs.stripe.com/api. A question that our
adapter must never ask fails its test.
"""

import copy
import json
from collections.abc import Iterable
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qs

import stripe

from meydan.integrations.payments.contract import Webhook
from tests.integrations.payments.fake_server import Answered, Asked, FakeServer, KeyReused, Refused, signed_at_send
from tests.integrations.payments.servers.shapes import check
from tests.integrations.payments.servers.stripe_books import KINDS, Books
from tests.integrations.payments.servers.stripe_shapes import REFERENCE, listed, shape_of

_COLLECTIONS = {f"{kind.replace('.', '/')}s": kind for kind in KINDS}
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
            _check_session(form)
            made = self.books.open_session(form)
        elif path == "refunds":
            made = self._refund(form)
        else:
            assert collection == "subscriptions", path
            made = self._found("subscription", name)
            if made["status"] == "canceled":
                raise _refused("A canceled subscription can only update its cancellation_details and metadata.")
            self.books.change_subscription(made, ends=form["cancel_at_period_end"] == "true")
        return self._presented(made, form.get("expand", ()))

    def _read(self, path: str, query: dict[str, Any]) -> Any:
        if path in _COLLECTIONS:
            return self._page(path, _COLLECTIONS[path], query)
        collection, _, name = path.rpartition("/")
        return self._presented(self._found(_COLLECTIONS[collection], name), query.get("expand", ()))

    def _found(self, kind: str, name: str) -> dict[str, Any]:
        found = self.books.things.get(name)
        if found is None or found["object"] != kind:
            raise _refused(f"No such {kind}: '{name}'", status=404, code="resource_missing", param="id")
        return found

    def _page(self, path: str, kind: str, given: dict[str, Any]) -> Any:
        wanted = self.books.of(kind, **{name: given[name] for name in ("payment_intent",) if name in given})
        if created := given.get("created"):
            wanted = [one for one in wanted if int(created["gte"]) <= one["created"] < int(created["lt"])]
        if payment := given.get("payment"):
            wanted = [one for one in wanted if one["payment"]["payment_intent"] == payment["payment_intent"]]
        after = given.get("starting_after")
        start = [one["id"] for one in wanted].index(after) + 1 if after else 0
        shown, rest = self.page(wanted, start, int(given.get("limit", 10)))
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
        amount = int(given["amount"])
        if not 0 < amount <= left:
            raise _refused("Refund amount is greater than unrefunded amount on charge", param="amount")
        return self.books.refund(intent, amount, given.get("metadata"))

    def _presented(self, thing: dict[str, Any], expand: Iterable[str] = ()) -> dict[str, Any]:
        shown = copy.deepcopy(thing)
        for path in expand:
            assert path.count(".") < 4, "Stripe expands no more than four levels"
            self._expand(shown, path.split("."))
        return dict(check(shape_of(KINDS[shown["object"]]), shown))

    def _expand(self, shown: dict[str, Any], path: list[str]) -> None:
        name, *rest = path
        kind = shown["object"]
        if included := _INCLUDED.get((kind, name)):
            items = [self._presented(one) for one in self.books.of(included, **{kind: shown["id"]})]
            shown.setdefault(name, listed(f"/v1/{kind}s/{shown['id']}/{name}", items))
        else:
            hints = get_type_hints(shape_of(KINDS[kind]))
            assert REFERENCE in get_args(hints[name]), f"{kind}.{name} cannot be expanded"
            if isinstance(shown[name], str):
                shown[name] = self._presented(self.books.things[shown[name]])
        if rest and shown[name] is not None:
            self._expand(shown[name], rest)


def decoded(pairs: dict[str, list[str]]) -> dict[str, Any]:
    """``a[b][0][c]=1`` as {"a": {"b": [{"c": "1"}]}}."""
    form: dict[str, Any] = {}
    for name, values in pairs.items():
        *path, last = name.replace("]", "").split("[")
        here = form
        for part in path:
            here = here.setdefault(part, {})
        here[last] = values[-1]
    return {name: _with_lists(value) for name, value in form.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(one) for name, one in value.items()}
    return list(inner.values()) if "0" in inner else inner


def _check_session(given: dict[str, Any]) -> None:
    """Holds what the library's parameter types do not say of a session."""
    mode = given["mode"]
    assert given["success_url"]
    assert ("payment_intent_data" in given) is ("submit_type" in given) is (mode == "payment")
    assert ("subscription_data" in given) is (mode == "subscription")
    for item in given["line_items"]:
        price = item["price_data"]
        assert price.keys() - {"recurring"} == {"currency", "unit_amount", "product_data"}
        assert int(price["unit_amount"]) > 0
        assert ("recurring" in price) is (mode == "subscription")
        assert price["currency"] == price["currency"].lower()
    metadata = given["metadata"]
    assert len(metadata) <= 50 and max(map(len, metadata.values())) <= 500
    assert len(given["client_reference_id"]) <= 200

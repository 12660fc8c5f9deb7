"""Dashboard of the local provider: everything that was paid, and buttons for banks, card holders and time.

Shown to this machine only, as the outbox is. A button works only when this very page sent it.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.response import Redirect

from meydan.integrations.local_door import local_only
from meydan.integrations.payments.local.books import operations, webhook_delivery
from meydan.integrations.payments.local.books.store import Transaction, new_id
from meydan.integrations.payments.local.models import (
    LocalPayment,
    LocalPaymentStatus,
    LocalSubscription,
    LocalSubscriptionStatus,
)
from meydan.integrations.payments.local.pages import layout
from meydan.integrations.payments.local.pages.texts import price
from meydan.integrations.payments.local.tasks import endpoint, in_transaction
from meydan.kit.errors import Refused
from meydan.kit.http import PROVED_BY, AnyRequest

text = layout.text
_SHOWN = 100
_AMOUNT = re.compile(r"0*[1-9][0-9]{0,14}")


class ButtonElsewhere(Refused):
    code, status, title = "button_elsewhere", 403, "This button was pressed on a page of another site."


class UnknownAction(Refused):
    code, status, title = "unknown_wish", 400, "No button of the page says that."


@get("/pay/local", guards=[local_only], include_in_schema=False)
async def dashboard() -> Response[str]:
    endpoint()

    def read(tx: Transaction) -> tuple[list[LocalPayment], list[LocalSubscription]]:
        return tx.all(LocalPayment, _SHOWN), tx.all(LocalSubscription, _SHOWN)

    payments, subscriptions = await in_transaction(read)
    body = (
        "<h1>Payments</h1>"
        + _rows([_payment(payment) for payment in payments], "Nothing has been paid yet.")
        + "<h1>Subscriptions</h1>"
        + _rows([_subscription(one) for one in subscriptions], "Nobody subscribes yet.")
    )
    return layout.answer(body, title="Meydan Pay", language="en", wide=True)


@post(
    "/pay/local",
    status_code=303,
    guards=[local_only],
    include_in_schema=False,
    opt={PROVED_BY: "the origin of its buttons, on this machine only"},
)
async def act(request: AnyRequest) -> Redirect:
    endpoint()
    _check_origin(request)
    form = await request.form()
    subject, wish, amount = (str(form.get(name, "")) for name in ("id", "do", "amount"))
    await in_transaction(lambda tx: _do_act(tx, subject, wish, amount))
    return Redirect("/pay/local", status_code=303)


_OF_A_SUBSCRIPTION: dict[str, Callable[[Transaction, LocalSubscription], None]] = {
    "renew": operations.do_renew,
    "fail_renewal": lambda tx, one: operations.do_renew(tx, one, fails=True),
    "cancel": operations.do_cancel,
    "resume": operations.do_resume,
}
_OF_A_PAYMENT: dict[str, Callable[[Transaction, LocalPayment], None]] = {
    "dispute": operations.do_dispute,
    "dispute_won": lambda tx, one: operations.do_decide_dispute(tx, one, won=True),
    "dispute_lost": lambda tx, one: operations.do_decide_dispute(tx, one, won=False),
}


def _do_act(tx: Transaction, id: str, wish: str, amount: str) -> None:
    """Makes the change of a button.

    Raises: UnknownAction."""
    if wish == "send_again":
        webhook_delivery.do_send_again(tx, id)
    elif wish in _OF_A_SUBSCRIPTION:
        _OF_A_SUBSCRIPTION[wish](tx, tx.get(LocalSubscription, id))
    elif wish in _OF_A_PAYMENT:
        _OF_A_PAYMENT[wish](tx, tx.get(LocalPayment, id))
    elif wish == "refund" and _AMOUNT.fullmatch(amount):
        operations.do_refund(tx, tx.get(LocalPayment, id), int(amount), new_id("dashboard"))
    else:
        raise UnknownAction


def _check_origin(request: AnyRequest) -> None:
    """Raises: ButtonElsewhere."""
    origin = request.headers.get("origin")  # "null" is somebody who hides where they are
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise ButtonElsewhere


def _rows(rows: list[str], nothing: str) -> str:
    inside = "".join(f"<li>{row}</li>" for row in rows) or f'<li><p class="row soft">{nothing}</p></li>'
    return f'<ul class="card rows">{inside}</ul>'


def _payment(payment: LocalPayment) -> str:
    facts = [payment.status.value, f"card {payment.card.last4}", f"{payment.created_at:%Y-%m-%d %H:%M:%S} UTC"]
    if payment.refunded:
        facts.append(f"{price(payment.refunded, payment.currency, 'en')} refunded")
    facts += [f"dispute {dispute.status}" for dispute in payment.disputes]
    buttons = []
    if payment.open_dispute:
        buttons = [_button("dispute_won", "Dispute won"), _button("dispute_lost", "Dispute lost", ends=True)]
    elif payment.status is LocalPaymentStatus.paid and payment.left:
        buttons = [
            _amount(payment),
            _button("refund", "Refund"),
            _button("dispute", "Dispute", ends=True),
        ]
    return _row(payment.id, payment.title, price(payment.amount, payment.currency, "en"), facts, buttons)


def _subscription(one: LocalSubscription) -> str:
    facts = [one.status.value, f"each {one.period}", f"card {one.card.last4}"]
    facts.append(f"paid until {one.period_ends_at:%Y-%m-%d %H:%M:%S} UTC")
    buttons = []
    if one.status in (LocalSubscriptionStatus.active, LocalSubscriptionStatus.past_due):
        buttons = [
            _button("renew", "Renew now"),
            _button("fail_renewal", "Fail the renewal"),
            _button("cancel", "Cancel", ends=True),
        ]
    elif one.status is LocalSubscriptionStatus.cancelled:
        buttons = [_button("resume", "Resume")]
    return _row(one.id, one.title, price(one.amount, one.currency, "en"), facts, buttons)


def _row(id: str, title: str, amount: str, facts: list[str], buttons: list[str]) -> str:
    return (
        f'<div class="row" id="{id}"><div><b>{amount}</b> {text(title)}<p class="soft">{text(" · ".join(facts))}</p>'
        f'<p class="id">{id}</p></div><form method="post" action="/pay/local"><input type="hidden" name="id" value="{id}">'
        f"{''.join(buttons)}{_button('send_again', 'Send the last webhook again')}</form></div>"
    )


def _amount(payment: LocalPayment) -> str:
    label = f"Amount to refund, in the minor unit of {payment.currency}"
    return f'<input name="amount" inputmode="numeric" value="{payment.left}" aria-label="{label}" title="{label}">'


def _button(wish: str, label: str, *, ends: bool = False) -> str:
    return f'<button name="do" value="{wish}"{" class=ends" if ends else ""}>{label}</button>'


ROUTES = [dashboard, act]

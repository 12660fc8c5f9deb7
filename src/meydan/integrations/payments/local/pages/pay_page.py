"""Pay page: a card number, a bank that may ask, and the way back. Forms only; it works without a script."""

from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Redirect

from meydan.integrations.local_door import local_only
from meydan.integrations.payments.local.books import operations
from meydan.integrations.payments.local.books.cards import TEST_CARDS, in_groups, read_card
from meydan.integrations.payments.local.books.store import Transaction
from meydan.integrations.payments.local.models import CheckoutStatus, LocalCheckout, NotNow
from meydan.integrations.payments.local.pages import layout
from meydan.integrations.payments.local.pages.texts import TEXTS, Texts, price
from meydan.integrations.payments.local.tasks import endpoint, in_transaction
from meydan.kit.http import PROVED_BY, AnyRequest

text = layout.text
_DECLINED = 402
_INVALID = 422


@get("/pay/local/{id:str}", guards=[local_only], include_in_schema=False)
async def pay_page(request: AnyRequest, id: str) -> Response[str] | Redirect:
    endpoint()
    checkout = await in_transaction(lambda tx: tx.get(LocalCheckout, id))
    return _page(request, checkout, number=request.query_params.get("card", ""))


@post(
    "/pay/local/{id:str}",
    status_code=200,
    guards=[local_only],
    include_in_schema=False,
    opt={PROVED_BY: "the id of the checkout, which only its buyer has"},
)
async def pay(request: AnyRequest, id: str) -> Response[str] | Redirect:
    """Handles the page's form; ``do`` names the button."""
    endpoint()
    form = await request.form()
    number, wish = str(form.get("number", "")), str(form.get("do", ""))

    def act(tx: Transaction) -> tuple[LocalCheckout, str]:
        checkout = tx.get(LocalCheckout, id)
        try:
            problem = _do_act(tx, checkout, wish, number)
        except NotNow:  # a second tab, or the button twice: the page says what it is now
            problem = ""
        return tx.get(LocalCheckout, id), problem

    checkout, problem = await in_transaction(act)
    return _page(request, checkout, number=number, problem=problem)


def _do_act(tx: Transaction, checkout: LocalCheckout, wish: str, number: str) -> str:
    """Acts on a button; returns the name of the problem, if there is one."""
    if wish == "leave":
        operations.do_end_checkout(tx, checkout, CheckoutStatus.cancelled)
    elif wish in ("approve", "refuse"):
        operations.do_confirm(tx, checkout, approved=wish == "approve")
        return "refused" if wish == "refuse" else ""
    elif (card := read_card(number)) is None:
        return "no_card"
    elif not operations.do_pay(tx, checkout, card):
        return "declined"
    return ""


def _page(request: AnyRequest, checkout: LocalCheckout, *, number: str, problem: str = "") -> Response[str] | Redirect:
    order = checkout.order
    asked = request.query_params.get("language", order.language)
    language = asked if asked in TEXTS else "en"
    texts = TEXTS[language]
    # Whoever left knows it, and goes back at once; whoever finds a checkout that is over is told so first.
    if not checkout.is_open and (request.method == "POST" or checkout.status is not CheckoutStatus.expired):
        return Redirect(order.return_url, status_code=303)
    sum_ = price(order.amount, order.currency, language)
    if not checkout.is_open:
        body = f'<section class="card"><h1>{texts.over}</h1><p><a href="{text(order.return_url)}">{texts.back}</a></p></section>'
    elif checkout.status is CheckoutStatus.confirming and checkout.card is not None:
        body = _bank(checkout.card.last4, sum_, texts)
    else:
        body = _form(checkout, sum_, texts, language, number, getattr(texts, problem) if problem else "")
    other = urlencode({"language": "en" if language == "tr" else "tr"})
    link = f'<a href="?{other}" lang="{"en" if language == "tr" else "tr"}">{texts.other_language}</a>'
    return layout.answer(
        f'<p class="note">{texts.play_money}</p>{body}',
        title=texts.title.format(price=sum_),
        language=language,
        status={"declined": _DECLINED, "refused": _DECLINED, "no_card": _INVALID}.get(problem, 200),
        link=link,
        leads_to=order.return_url,
    )


def _form(checkout: LocalCheckout, sum_: str, texts: Texts, language: str, number: str, problem: str) -> str:
    order = checkout.order
    renews = f'<p class="soft">{texts.renews[order.period].format(price=sum_)}</p>' if order.period else ""
    alert = f'<p class="problem" role="alert" id="problem">{problem}</p>' if problem else ""
    described = ' aria-invalid="true" aria-describedby="problem"' if problem else ""
    cards = "".join(
        f'<li><a href="?{urlencode({"card": card.number, "language": language})}">'
        f'<b>{in_groups(card.number)}</b> <span class="soft">{texts.behaviours[card.behaviour]}</span></a></li>'
        for card in TEST_CARDS
    )
    action = f"?{urlencode({'language': language})}"
    return (
        f'<section class="card"><div><h1>{text(order.title)}</h1><p class="price">{sum_}</p>{renews}</div>{alert}'
        f'<form method="post" action="{action}"><label>{texts.number}<input name="number" inputmode="numeric" '
        f'autocomplete="off" maxlength="30" value="{text(number)}"{described}></label>'
        f'<button class="lamp" name="do" value="pay">{texts.pay.format(price=sum_)}</button>'
        f'<button name="do" value="leave">{texts.leave}</button></form></section>'
        f'<section class="card"><h2>{texts.cards}</h2><ul>{cards}</ul><p class="soft">{texts.other_cards}</p></section>'
    )


def _bank(last4: str, sum_: str, texts: Texts) -> str:
    return (
        f'<section class="card"><h1>{texts.bank}</h1><p>{texts.bank_asks.format(price=sum_, last4=last4)}</p>'
        f'<form method="post"><button class="lamp" name="do" value="approve">{texts.approve}</button>'
        f'<button class="ends" name="do" value="refuse">{texts.refuse}</button>'
        f'<button name="do" value="leave">{texts.leave}</button></form></section>'
    )


ROUTES = [pay_page, pay]

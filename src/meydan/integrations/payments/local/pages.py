"""Where a person pays: a card number, a bank that may ask, and the way back. Forms only; it works without a script."""

from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Redirect

from meydan.integrations.payments.local import layout, operations
from meydan.integrations.payments.local.cards import TEST_CARDS, in_groups, read_card
from meydan.integrations.payments.local.models import Checkout, CheckoutStatus, NotNow
from meydan.integrations.payments.local.store import Page
from meydan.integrations.payments.local.tasks import in_books, place
from meydan.integrations.payments.local.texts import WORDS, Words, price
from meydan.kit.http import AnyRequest

text = layout.text
_DECLINED = 402
_INVALID = 422


@get("/pay/local/{id:str}", include_in_schema=False)
async def pay_page(request: AnyRequest, id: str) -> Response[str] | Redirect:
    place()
    checkout = await in_books(lambda page: page.get(Checkout, id))
    return _page(request, checkout, number=request.query_params.get("card", ""))


@post("/pay/local/{id:str}", status_code=200, include_in_schema=False)
async def pay(request: AnyRequest, id: str) -> Response[str] | Redirect:
    """What a form of the page sends: ``do`` says which button."""
    place()
    form = await request.form()
    number, wish = str(form.get("number", "")), str(form.get("do", ""))

    def act(page: Page) -> tuple[Checkout, str]:
        checkout = page.get(Checkout, id)
        try:
            problem = _act(page, checkout, wish, number)
        except NotNow:  # a second tab, or the button twice: the page says what it is now
            problem = ""
        return page.get(Checkout, id), problem

    checkout, problem = await in_books(act)
    return _page(request, checkout, number=number, problem=problem)


def _act(page: Page, checkout: Checkout, wish: str, number: str) -> str:
    """The name of what went wrong, if anything did."""
    if wish == "leave":
        operations.end_checkout(page, checkout, CheckoutStatus.cancelled)
    elif wish in ("approve", "refuse"):
        operations.confirm(page, checkout, approved=wish == "approve")
        return "refused" if wish == "refuse" else ""
    elif (card := read_card(number)) is None:
        return "no_card"
    elif not operations.pay(page, checkout, card):
        return "declined"
    return ""


def _page(request: AnyRequest, checkout: Checkout, *, number: str, problem: str = "") -> Response[str] | Redirect:
    order = checkout.order
    asked = request.query_params.get("language", order.language)
    language = asked if asked in WORDS else "en"
    words = WORDS[language]
    # Whoever left knows it, and goes back at once; whoever finds a checkout that is over is told so first.
    if not checkout.is_open and (request.method == "POST" or checkout.status is not CheckoutStatus.expired):
        return Redirect(order.return_url, status_code=303)
    sum_ = price(order.amount, order.currency, language)
    if not checkout.is_open:
        body = f'<section class="card"><h1>{words.over}</h1><p><a href="{text(order.return_url)}">{words.back}</a></p></section>'
    elif checkout.status is CheckoutStatus.confirming and checkout.card is not None:
        body = _bank(checkout.card.last4, sum_, words)
    else:
        body = _form(checkout, sum_, words, language, number, getattr(words, problem) if problem else "")
    other = urlencode({"language": "en" if language == "tr" else "tr"})
    link = f'<a href="?{other}" lang="{"en" if language == "tr" else "tr"}">{words.other_language}</a>'
    return layout.answer(
        f'<p class="note">{words.play_money}</p>{body}',
        title=words.title.format(price=sum_),
        language=language,
        status={"declined": _DECLINED, "refused": _DECLINED, "no_card": _INVALID}.get(problem, 200),
        link=link,
        leads_to=order.return_url,
    )


def _form(checkout: Checkout, sum_: str, words: Words, language: str, number: str, problem: str) -> str:
    order = checkout.order
    renews = f'<p class="soft">{words.renews[order.period].format(price=sum_)}</p>' if order.period else ""
    told = f'<p class="problem" role="alert" id="problem">{problem}</p>' if problem else ""
    described = ' aria-invalid="true" aria-describedby="problem"' if problem else ""
    cards = "".join(
        f'<li><a href="?{urlencode({"card": card.number, "language": language})}">'
        f'<b>{in_groups(card.number)}</b> <span class="soft">{words.manners[card.manner]}</span></a></li>'
        for card in TEST_CARDS
    )
    action = f"?{urlencode({'language': language})}"
    return (
        f'<section class="card"><div><h1>{text(order.title)}</h1><p class="price">{sum_}</p>{renews}</div>{told}'
        f'<form method="post" action="{action}"><label>{words.number}<input name="number" inputmode="numeric" '
        f'autocomplete="off" maxlength="30" value="{text(number)}"{described}></label>'
        f'<button class="lamp" name="do" value="pay">{words.pay.format(price=sum_)}</button>'
        f'<button name="do" value="leave">{words.leave}</button></form></section>'
        f'<section class="card"><h2>{words.cards}</h2><ul>{cards}</ul><p class="soft">{words.other_cards}</p></section>'
    )


def _bank(last4: str, sum_: str, words: Words) -> str:
    return (
        f'<section class="card"><h1>{words.bank}</h1><p>{words.bank_asks.format(price=sum_, last4=last4)}</p>'
        f'<form method="post"><button class="lamp" name="do" value="approve">{words.approve}</button>'
        f'<button class="ends" name="do" value="refuse">{words.refuse}</button>'
        f'<button name="do" value="leave">{words.leave}</button></form></section>'
    )


ROUTES = [pay_page, pay]

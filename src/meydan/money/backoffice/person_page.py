"""One member's money as staff see it, and how staff find somebody: by the name of the real face.

A shadow is found by no search and named by no line: who knows it must not learn here whose it is.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx
from meydan.money import wallet
from meydan.money.backoffice import adjustments, case_queue, conflict_of_interest, person_view
from meydan.money.backoffice.person_view import Person, person

_FOUND = 20


class Freeze(Struct, frozen=True):
    reason: str
    """``fraud``: a rule, or a decision about a case; else as staff wrote it."""
    by: Person | None
    """None: a rule did it."""
    since: datetime


class Member(Struct, frozen=True):
    person: Person
    wallet: wallet.Wallet
    freeze: Freeze | None
    adjustments: list[adjustments.Adjustment]
    """The newest twenty."""
    adjustable: int
    """How many coins whoever asks may still give or take today."""
    cases: list[case_queue.Case]
    """The newest twenty."""
    own_affair: bool
    """It is whoever asks: somebody else decides."""


class People(Struct, frozen=True):
    items: list[Person]
    """At most twenty, by name."""


async def search(tx: Tx, name: str) -> People:
    """By how a name begins, ``kedi`` or ``kediadam#90``. A service transaction."""
    alias, _, tag = name.strip().partition("#")
    if not alias:
        return People([])
    return People(await tx.all(Person, _EXACTLY if "#" in name else _BEGINNING, alias.strip(), tag.strip(), _FOUND))


async def member(tx: Tx, user_id: UUID, viewer: UUID) -> Member:
    """Raises NotFound. A service transaction."""
    return Member(
        person=await person_view.of_user(tx, user_id),
        wallet=await wallet.wallet_of(tx, user_id),
        freeze=await tx.maybe(
            Freeze,
            f"select reason, {person('wallet_freezes.frozen_by_user_id')} as by, created_at as since from app.wallet_freezes"
            " where tenant_id = $1 and user_id = $2 and thawed_at is null",
            user_id,
        ),
        adjustments=await adjustments.of_person(tx, user_id),
        adjustable=await adjustments.left_today(tx, viewer),
        cases=await case_queue.of_person(tx, user_id, viewer),
        own_affair=await conflict_of_interest.is_own(tx, viewer, user_id),
    )


_FACE = "select user_id, alias, tag from app.profiles where tenant_id = $1 and face = 'real' and alias <> ''"
_BEGINNING = f"""
    {_FACE} and alias_key ~>=~ app.alias_key($2) and alias_key ~<~ (app.alias_key($2) || chr(1114111))
        and starts_with(tag, $3)
    order by alias_key using ~<~, tag limit $4
"""
_EXACTLY = f"{_FACE} and alias_key = app.alias_key($2) and starts_with(tag, $3) order by tag limit $4"

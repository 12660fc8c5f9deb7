"""A person's money as staff see it, and the search by the name of the real face.

No search finds a shadow and no line names one: its owner must stay unknown to staff.
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
    """``fraud`` for a rule or a decided case, else staff's own words."""
    by: Person | None
    """None for a freeze by a rule."""
    since: datetime


class StaffPerson(Struct, frozen=True):
    person: Person
    wallet: wallet.Wallet
    freeze: Freeze | None
    adjustments: list[adjustments.Adjustment]
    """The newest twenty."""
    adjustable: int
    """Coins that the viewer may still give or take today."""
    cases: list[case_queue.Case]
    """The newest twenty."""
    conflict_of_interest: bool
    """True for the viewer themselves: another staff member decides about them."""


class PersonList(Struct, frozen=True):
    items: list[Person]
    """At most twenty, by name."""


async def search(tx: Tx, name: str) -> PersonList:
    """People by the beginning of a name, ``kedi`` or ``kediadam#90``.

    Runs as: service."""
    alias, _, tag = name.strip().partition("#")
    if not alias:
        return PersonList([])
    return PersonList(await tx.all(Person, _EXACTLY if "#" in name else _BEGINNING, alias.strip(), tag.strip(), _FOUND))


async def staff_person(tx: Tx, user_id: UUID, viewer: UUID) -> StaffPerson:
    """A person's wallet, freeze, adjustments and cases.

    Raises: NotFound.
    Runs as: service."""
    return StaffPerson(
        person=await person_view.person_of(tx, user_id),
        wallet=await wallet.wallet_of(tx, user_id),
        freeze=await tx.maybe(
            Freeze,
            f"""
            select reason, {person("wallet_freezes.frozen_by_user_id")} as by, created_at as since from app.wallet_freezes
            where tenant_id = $1 and user_id = $2 and thawed_at is null
            """,
            user_id,
        ),
        adjustments=await adjustments.adjustments_of(tx, user_id),
        adjustable=await adjustments.left_today(tx, viewer),
        cases=await case_queue.cases_of(tx, user_id, viewer),
        conflict_of_interest=await conflict_of_interest.is_own(tx, viewer, user_id),
    )


_FACE = "select user_id, alias, tag from app.profiles where tenant_id = $1 and face = 'real' and alias <> ''"
_BEGINNING = f"""
    {_FACE} and alias_key ~>=~ app.alias_key($2) and alias_key ~<~ (app.alias_key($2) || chr(1114111))
        and starts_with(tag, $3)
    order by alias_key using ~<~, tag limit $4
"""
_EXACTLY = f"{_FACE} and alias_key = app.alias_key($2) and starts_with(tag, $3) order by tag limit $4"

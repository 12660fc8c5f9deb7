"""A person's money as staff see it, and the search by the name of the real face.

No search finds a shadow and no line names one: its owner must stay unknown to staff.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from meydan import accounts
from meydan.kit.database import Tx
from meydan.kit.lists import Filter
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
    if not name.partition("#")[0].strip():
        return PersonList([])
    where = Filter()
    accounts.add_name(where, name)
    return PersonList(
        await tx.all(
            Person,
            f"""
            select user_id, alias, tag from app.profiles where tenant_id = $1 and {where.sql}
            order by alias_key using ~<~, tag limit {_FOUND}
            """,
            *where.values,
        )
    )


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

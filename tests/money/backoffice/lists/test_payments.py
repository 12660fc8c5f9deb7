"""The list of payments as staff search, sort, page and export it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.money.payments import PaymentStatus
from meydan.tenants import Tenant
from meydan.tenants.lists import exports
from tests.factories import Person, make_person
from tests.money.fraud.purchases import order

PATH = "/api/staff/payments"
# The community's midnight, which is nine in the evening in UTC.
MIDNIGHT = datetime(2026, 3, 9, 21, tzinfo=UTC)


async def lay_back(db: Database, payer: Person, at: datetime, **ordered: Any) -> str:
    """A payment of another day."""
    payment_id = await order(db, payer, **ordered)
    async with db.as_service(payer.tenant.id) as tx:
        await tx.run("update app.payments set created_at = $3 where tenant_id = $1 and id = $2", payment_id, at)
    return str(payment_id)


async def pages(staff: httpx.AsyncClient, query: str, limit: int = 2) -> list[str]:
    """The ids of all pages."""
    seen: list[str] = []
    cursor = ""
    while True:
        answer = await staff.get(f"{PATH}?limit={limit}&{query}{cursor}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            return seen
        cursor = f"&cursor={page['next']}"


def rows_of(file: str) -> list[dict[str, str]]:
    assert file[0] == "\ufeff", "spreadsheets take it for UTF-8 by this"
    return [*csv.DictReader(io.StringIO(file[1:], newline=""))]


async def test_days_are_the_communitys_and_the_last_is_not_in(db: Database, tenant: Tenant, staff: httpx.AsyncClient):
    assert tenant.timezone == "Europe/Istanbul"
    ana = await make_person(db, tenant)
    before, first, last, after = [
        await lay_back(db, ana, at)
        for at in (
            MIDNIGHT - timedelta(seconds=1),
            MIDNIGHT,
            MIDNIGHT + timedelta(days=1, seconds=-1),
            MIDNIGHT + timedelta(days=1),
        )
    ]
    assert await pages(staff, "from=2026-03-10&until=2026-03-11") == [last, first]
    assert await pages(staff, "from=2026-03-10&order=asc") == [first, last, after]
    assert await pages(staff, "until=2026-03-11") == [last, first, before]
    for query in "from=2026-03-11&until=2026-03-11", "from=2026-03-12&until=2026-03-11":
        answer = await staff.get(f"{PATH}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, "period_invalid")
    assert await pages(staff, "from=0001-01-01&until=9999-12-31") == [after, last, first, before]


async def test_both_orders_of_both_sorts_lose_and_double_nothing(
    db: Database, tenant: Tenant, staff: httpx.AsyncClient
):
    ana = await make_person(db, tenant)
    known: dict[str, tuple[str, int]] = {}
    for amount, currency in (900, "TRY"), (100, "TRY"), (900, "TRY"), (5, "USD"), (40_000, "EUR"):
        payment_id = await lay_back(db, ana, MIDNIGHT, amount=amount, currency=currency)
        known[payment_id] = (currency, amount)
    for sort, key in ("created_at", lambda one: one), ("amount", lambda one: (known[one], one)):
        ascending = sorted(known, key=key)
        assert await pages(staff, f"sort={sort}&order=asc") == ascending
        assert await pages(staff, f"sort={sort}&order=desc") == ascending[::-1]

    page = (await staff.get(f"{PATH}?limit=2&sort=amount&order=asc")).json()
    newest = await lay_back(db, ana, MIDNIGHT, amount=1, currency="AAA")
    rest = (await staff.get(f"{PATH}?sort=amount&order=asc&cursor={page['next']}")).json()
    assert len(rest["items"]) == 3 and newest not in {one["id"] for one in rest["items"]}, "a page stays where it was"
    for cursor in page["next"], "nonsense", "W10", "%00", "é":
        answer = await staff.get(f"{PATH}?sort=created_at&cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid"), cursor
    for query in "sort=alias", "order=up", "from=yesterday", "status=nonsense", f"cursor={'x' * 301}":
        answer = await staff.get(f"{PATH}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), query


async def test_a_name_finds_payments_of_real_faces_of_this_community_alone(
    db: Database, tenant: Tenant, other_tenant: Tenant, staff: httpx.AsyncClient
):
    ana, ben = await make_person(db, tenant, alias="Ayşegül"), await make_person(db, tenant, alias="Ben")
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "insert into app.profiles (tenant_id, user_id, face, alias, tag, avatar_seed, created_at)"
            " values ($1, $2, 'shadow', 'Nightfall', '0001', 'x', app.now())",
            ben.me.user_id,
        )
    elsewhere = await make_person(db, other_tenant, alias="Ayşegül")
    of_ana, of_ben, _ = await order(db, ana), await order(db, ben), await order(db, elsewhere)

    async def found(query: str) -> list[UUID]:
        return [UUID(one) for one in await pages(staff, query)]

    assert await found("name=ayşe") == [of_ana]
    assert await found("name=night") == []
    assert await found("name=%20") == [of_ben, of_ana]
    tag = (await staff.get("/api/staff/people?name=ben")).json()["items"][0]["tag"]
    assert await found(f"name=Ben%23{tag}&status=pending") == [of_ben]
    assert await found(f"name=Ben%23{tag}&status=paid") == []
    assert await found("name=%25") == []


async def test_an_export_has_the_rows_of_the_list_and_stands_in_the_log(
    db: Database, tenant: Tenant, other_tenant: Tenant, staff: httpx.AsyncClient, boss: Person
):
    ana = await make_person(db, tenant, alias="İpek")
    cheap = await lay_back(db, ana, MIDNIGHT, amount=4_999)
    dear = await lay_back(db, ana, MIDNIGHT, amount=1_200, currency="JPY")
    await lay_back(db, ana, MIDNIGHT - timedelta(days=3))
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.payments set problem_detail = $3 where tenant_id = $1 and id = $2",
            UUID(cheap),
            '=HYPERLINK("http://evil", "a; b")\n-1',
        )
    elsewhere = await make_person(db, other_tenant)
    await order(db, elsewhere)

    answer = await staff.get(f"{PATH}/export.csv?from=2026-03-10&sort=amount&order=desc&name=ipek")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="payments-{clock.now():%Y-%m-%d}.csv"'
    assert "meydan-cut-at" not in answer.headers
    first, second = rows_of(answer.text)
    assert (first["payment_id"], second["payment_id"]) == (cheap, dear)
    assert (first["price"], first["currency"], first["paid"]) == ("49.99", "TRY", "")
    assert (second["price"], second["currency"]) == ("1200", "JPY")
    assert (first["alias"], first["created_at"], first["coins"]) == ("İpek", "2026-03-09T21:00:00Z", "100")
    assert first["problem_detail"] == '\'=HYPERLINK("http://evil", "a; b")\n\'-1'

    async with db.as_service(tenant.id) as tx:
        logged = await tx.one(
            dict[str, Any],
            "select details from app.system_logs where tenant_id = $1 and action = 'list_exported'"
            " and acted_by_user_id = $2",
            boss.me.user_id,
        )
    assert logged == {
        "list": "payments",
        "filters": {"name": True, "period": {"since": "2026-03-10", "until": None}},
    }


async def test_a_file_that_lacks_rows_says_so(
    db: Database, tenant: Tenant, staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exports, "MOST_ROWS", 4)
    monkeypatch.setattr(exports, "_ROWS_AT_ONCE", 2)
    ana = await make_person(db, tenant)
    ids = [await lay_back(db, ana, MIDNIGHT) for _ in range(5)]
    answer = await staff.get(f"{PATH}/export.csv?order=asc")
    assert (answer.headers["meydan-cut-at"], len(rows_of(answer.text))) == ("4", 4)
    assert answer.headers["content-disposition"].endswith('-first-4.csv"')
    await lay_back(db, ana, MIDNIGHT, amount=1)
    answer = await staff.get(f"{PATH}/export.csv?order=asc&status={PaymentStatus.paid}")
    assert (rows_of(answer.text), "meydan-cut-at" in answer.headers) == ([], False)
    assert ids


async def test_a_moderator_takes_no_file_of_money(app: Litestar, db: Database, tenant: Tenant):
    async with (await make_person(db, tenant, role=Role.moderator)).client(app) as client:
        answer = await client.get(f"{PATH}/export.csv")
        assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")

"""Staff decide about reported people, each case once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar

from meydan import safety, tenants
from meydan.kit import personal_data
from meydan.kit.database import Database
from meydan.kit.identity import Role
from tests.factories import Person, make_person, make_shadow
from tests.meeting_scenarios import bring_together
from tests.moderation.factories import (
    bans_of,
    is_suspended,
    open_cases,
    report_and_review,
    reporters,
    set_limit,
    suspend,
)


@pytest.fixture
async def moderator(db: Database, tenant: tenants.Tenant) -> Person:
    return await make_person(db, tenant, alias="moderator", role=Role.moderator)


@pytest.fixture
async def staff(app: Litestar, moderator: Person) -> AsyncIterator[httpx.AsyncClient]:
    async with moderator.client(app) as client:
        yield client


async def cases(client: httpx.AsyncClient, queue: str, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/staff/reports", params={"queue": queue, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def decide(client: httpx.AsyncClient, case_id: object, decision: str, **more: object) -> httpx.Response:
    return await client.post(
        f"/api/staff/reports/{case_id}/decide", json={"decision": decision, "reason": "looked at it", **more}
    )


async def log_of(db: Database, person: Person) -> list[str]:
    async with db.as_user(person.me) as tx:
        return await tx.all(str, "select action from app.system_logs where tenant_id = $1 order by id")


async def test_a_case_shows_what_was_said_and_never_by_whom(
    db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient
):
    ben = await make_person(db, tenant, alias="ben")
    assert await cases(staff, "suspended") == await cases(staff, "open") == await cases(staff, "closed") == []
    await set_limit(db, tenant, 2)
    ada, cem = await reporters(db, tenant, ben, 2)
    await report_and_review(db, ada, ben, "he shouted")
    [waiting] = await cases(staff, "open")
    assert (waiting["reporters"], waiting["weight"], waiting["suspends_at"]) == (1, 100, 200)
    await report_and_review(db, cem, ben, "he shouted again")
    assert await cases(staff, "open") == []
    [case] = await cases(staff, "suspended")
    assert case["person"]["alias"] == "ben"
    assert [(said["reason"], said["text"]) for said in case["reports"]] == [
        ("harassment", "he shouted again"),
        ("harassment", "he shouted"),
    ]
    assert (case["reporters"], case["weight"], case["is_suspended"], case["decision"]) == (2, 200, True, None)
    everything = str(case)
    for reporter in (ada, cem):
        for theirs in (reporter.me.user_id, reporter.me.profile_id, reporter.alias, reporter.phone):
            assert str(theirs) not in everything


async def test_dismissing_lets_them_meet_again_and_its_reports_never_count_again(
    db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient, moderator: Person
):
    ben = await make_person(db, tenant)
    case_id = await suspend(db, tenant, ben)
    answer = await decide(staff, case_id, "dismiss")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["decision"], answer.json()["decided_by"]["alias"]) == ("dismiss", "moderator")
    assert not await is_suspended(db, ben)
    assert await log_of(db, ben) == ["matching_suspended", "matching_resumed", "report_case_decided"]
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(
            str,
            "select code from app.notifications where tenant_id = $1 and user_id = $2 order by id",
            ben.me.user_id,
        ) == ["matching_suspended", "matching_resumed"]
        assert await tx.all(
            UUID,
            "select user_id from app.notifications where tenant_id = $1 and code = 'reports_wait'",
        ) == [moderator.me.user_id]
    one, two = await reporters(db, tenant, ben, 2)
    await report_and_review(db, one, ben)
    assert not await is_suspended(db, ben)
    [again] = await cases(staff, "open")
    assert [(old["id"], old["decision"], old["reports"]) for old in again["earlier"]] == [(str(case_id), "dismiss", 2)]
    await report_and_review(db, two, ben)
    assert await is_suspended(db, ben)


@pytest.mark.parametrize("days", [None, 3])
async def test_banning_and_lifting(
    db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient, moderator: Person, days: int | None
):
    ben = await make_person(db, tenant)
    case_id = await suspend(db, tenant, ben)
    answer = await decide(staff, case_id, "ban", ban_reason="harassment", days=days)
    assert answer.status_code == 200, answer.text
    [ban] = answer.json()["bans"]
    assert (ban["reason"], ban["is_in_force"], ban["until"] is None) == ("harassment", True, days is None)
    assert ban["decided_by"]["alias"] == "moderator"
    assert await bans_of(db, ben) == ["harassment"]
    assert not await is_suspended(db, ben), "the ban takes its place"
    [closed] = await cases(staff, "closed")
    assert closed["id"] == str(case_id)

    lift = {"reason": "it was somebody else"}
    first, second = await asyncio.gather(
        *(staff.post(f"/api/staff/bans/{ban['id']}/lift", json=lift) for _ in range(2))
    )
    assert sorted([first.status_code, second.status_code]) == [204, 409]
    assert max(first, second, key=lambda one: one.status_code).json()["code"] == "ban_over"
    assert await bans_of(db, ben) == []
    async with db.as_service(tenant.id) as tx:
        assert await tx.all(
            str,
            "select details->>'reason' from app.system_logs where tenant_id = $1 and action = 'ban_lifted'"
            " and acted_by_user_id = $2",
            moderator.me.user_id,
        ) == ["it was somebody else"]


async def test_a_ban_that_is_over_cannot_be_lifted(db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient):
    ben = await make_person(db, tenant)
    case_id = await suspend(db, tenant, ben)
    [ban] = (await decide(staff, case_id, "ban", days=1)).json()["bans"]
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.bans set until = app.now() where tenant_id = $1 and user_id = $2", ben.me.user_id)
    answer = await staff.post(f"/api/staff/bans/{ban['id']}/lift", json={"reason": "late"})
    assert (answer.status_code, answer.json()["code"]) == (409, "ban_over")


async def test_two_of_the_staff_at_once_decide_once(
    app: Litestar, db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient
):
    other = await make_person(db, tenant, role=Role.admin)
    ben = await make_person(db, tenant)
    case_id = await suspend(db, tenant, ben)
    async with other.client(app) as others:
        answers = await asyncio.gather(
            *(decide(client, case_id, how) for client in (staff, others) for how in ("dismiss", "ban", "ban"))
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    [held] = [answer.json()["decision"] for answer in answers if answer.status_code == 200]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"report_case_decided"}
    assert {answer.json()["decision"] for answer in answers} == {held}
    assert (await log_of(db, ben)).count("report_case_decided") == 1
    assert await bans_of(db, ben) == (["other"] if held == "ban" else [])


async def test_nobody_decides_about_themselves_or_whom_they_reported_nor_sees_it(
    app: Litestar, db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient, moderator: Person
):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    ben_shadow = await make_shadow(db, ben)
    await bring_together(db, ada, moderator)
    await report_and_review(db, ada, moderator, "abuses the role")
    await bring_together(db, moderator, ben_shadow)
    await report_and_review(db, moderator, ben_shadow, "a shadow")
    cases_of = {person.me.user_id: (await open_cases(db, person))[0] for person in (moderator, ben)}
    assert await cases(staff, "open") == []
    for case_id in cases_of.values():
        for how in ("dismiss", "ban"):
            refused = await decide(staff, case_id, how)
            assert (refused.status_code, refused.json()["code"]) == (403, "conflict_of_interest")
    other = await make_person(db, tenant, role=Role.moderator)
    async with other.client(app) as others:
        assert {case["id"] for case in await cases(others, "open")} == {str(case_id) for case_id in cases_of.values()}
        shown = {case["person"]["user_id"]: case for case in await cases(others, "open")}
        mine = shown[str(moderator.me.user_id)]
        assert (mine["is_staff"], mine["may_ban"]) == (True, False)
        outranked = await decide(others, cases_of[moderator.me.user_id], "ban")
        assert (outranked.status_code, outranked.json()["code"]) == (403, "outranked")
        assert (await decide(others, cases_of[moderator.me.user_id], "dismiss")).status_code == 200


async def test_staff_who_reported_are_not_told_that_it_suspended(
    db: Database, tenant: tenants.Tenant, moderator: Person
):
    await set_limit(db, tenant, 1)
    ben = await make_person(db, tenant)
    admin = await make_person(db, tenant, role=Role.admin, days_old=30)
    await bring_together(db, admin, ben, talking=True)
    await report_and_review(db, admin, ben)
    assert await is_suspended(db, ben)
    async with db.as_service(tenant.id) as tx:
        told = "select user_id from app.notifications where tenant_id = $1 and code = 'reports_wait'"
        assert await tx.all(UUID, told) == [moderator.me.user_id]


async def test_an_owner_who_runs_it_alone_decides_about_whom_they_reported(
    app: Litestar, db: Database, tenant: tenants.Tenant
):
    owner, ben = await make_person(db, tenant, role=Role.owner), await make_person(db, tenant)
    await bring_together(db, owner, ben)
    await report_and_review(db, owner, ben)
    async with owner.client(app) as client:
        [case] = await cases(client, "open")
        assert (await decide(client, case["id"], "dismiss")).status_code == 200


async def test_an_owner_bans_a_moderator(app: Litestar, db: Database, tenant: tenants.Tenant, moderator: Person):
    owner, ada = await make_person(db, tenant, role=Role.owner), await make_person(db, tenant)
    await bring_together(db, ada, moderator)
    await report_and_review(db, ada, moderator)
    [case_id] = await open_cases(db, moderator)
    async with owner.client(app) as client:
        assert (await decide(client, case_id, "ban", ban_reason="threat")).status_code == 200
    assert await bans_of(db, moderator) == ["threat"]


async def test_pages_follow_each_other(db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient):
    people = [await make_person(db, tenant) for _ in range(5)]
    ada = await make_person(db, tenant)
    for person in people:
        await bring_together(db, ada, person)
        await report_and_review(db, ada, person)
    seen, cursor = [], None
    while True:
        query = {"queue": "open", "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await staff.get("/api/staff/reports", params=query)).json()
        seen += [case["person"]["user_id"] for case in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == [str(person.me.user_id) for person in reversed(people)]


async def test_another_community_decides_nothing(
    app: Litestar, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    ben = await make_person(db, tenant)
    case_id = await suspend(db, tenant, ben)
    async with db.as_service(tenant.id) as tx:
        ban = await safety.do_ban(tx, ben.me.user_id, safety.BanReason.spam)
    far = await make_person(db, other_tenant, role=Role.owner)
    async with far.client(app) as client:
        for queue in ("suspended", "open", "closed"):
            assert await cases(client, queue) == []
        assert (await decide(client, case_id, "dismiss")).status_code == 404
        assert (await client.post(f"/api/staff/bans/{ban.id}/lift", json={"reason": "no"})).status_code == 404
    async with db.as_service(other_tenant.id) as tx:
        assert await tx.all(UUID, "select id from app.report_cases where tenant_id = $1 or true") == []


async def test_what_is_unclear_is_refused(db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient):
    case_id = await suspend(db, tenant, await make_person(db, tenant))
    for body in (
        {"decision": "dismiss"},
        {"decision": "dismiss", "reason": "  "},
        {"decision": "ban", "reason": "x", "days": 0},
        {"decision": "ban", "reason": "x", "ban_reason": "reports"},
        {"decision": "suspend", "reason": "x"},
    ):
        assert (await staff.post(f"/api/staff/reports/{case_id}/decide", json=body)).status_code == 400, body
    assert (await decide(staff, uuid4(), "dismiss")).status_code == 404


async def test_a_case_about_somebody_who_left_is_closed_and_bare_unless_it_suspends_them(
    db: Database, tenant: tenants.Tenant, staff: httpx.AsyncClient
):
    ben, cem = await make_person(db, tenant), await make_person(db, tenant)
    long_ago = await suspend(db, tenant, ben)
    staff_case = await suspend(db, tenant, cem)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.report_cases set suspended_until = app.now() where tenant_id = $1 and id = $2", long_ago
        )
        await personal_data.do_erase(tx, ben.me.user_id)
        await personal_data.do_erase(tx, cem.me.user_id)
    [case] = await cases(staff, "closed")
    assert (case["id"], case["decision"], case["person"]["alias"]) == (str(long_ago), "person_left", "")
    assert (await decide(staff, long_ago, "ban")).json()["code"] == "report_case_decided"
    [case] = await cases(staff, "suspended")
    assert (case["id"], case["person"]["alias"]) == (str(staff_case), "")
    assert (await decide(staff, staff_case, "ban")).status_code == 200

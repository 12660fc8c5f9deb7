"""Export and erasure of personal data in moderation."""

import pytest

from meydan import accounts, moderation, tenants
from meydan.kit import personal_data as erasing
from meydan.kit.database import Database
from meydan.kit.identity import Role
from meydan.moderation import cases, personal_data
from tests.conftest import MovableClock
from tests.factories import make_person
from tests.meeting_scenarios import bring_together
from tests.moderation.factories import is_suspended, open_cases, report_and_review, suspend


async def test_words_go_and_the_report_stays(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await bring_together(db, ada, ben)
    async with db.as_user(ada.me) as tx:
        await moderation.do_report(tx, ben.me.profile_id, moderation.ReportReason.threat, text="he said it")
    async with db.as_service(tenant.id) as tx:
        [kept] = (await personal_data.export(tx, ada.me.user_id))["reports"]
        assert (kept["reported_profile_id"], kept["text"]) == (str(ben.me.profile_id), "he said it")
        assert await personal_data.export(tx, ben.me.user_id) == {"reports": [], "cases": []}, (
            "who reported them is not theirs to know"
        )
        await personal_data.do_erase(tx, ben.me.user_id)
        assert (await personal_data.export(tx, ada.me.user_id))["reports"] == [kept]
        await personal_data.do_erase(tx, ada.me.user_id)
        assert (await personal_data.export(tx, ada.me.user_id))["reports"] == [kept | {"text": ""}]


async def test_a_case_is_exported_once_it_was_felt_and_blanked_when_they_leave(
    db: Database, tenant: tenants.Tenant, moving_clock: MovableClock
):
    ada, ben, cem = [await make_person(db, tenant) for _ in range(3)]
    await bring_together(db, ada, ben)
    await report_and_review(db, ada, ben, "he said it")
    case_id = await suspend(db, tenant, cem)
    async with db.as_service(tenant.id) as tx:
        assert (await personal_data.export(tx, ben.me.user_id))["cases"] == []
        [felt] = (await personal_data.export(tx, cem.me.user_id))["cases"]
        assert set(felt) == {"suspended_at", "suspended_until", "decision", "decided_at"}
        assert felt["decision"] is None
        await personal_data.do_erase(tx, cem.me.user_id)
    assert await open_cases(db, cem) == [case_id], "suspended now: staff still decide"
    moving_clock.forward(hours=25)
    async with db.as_service(tenant.id) as tx:
        await tx.run("update app.report_cases set note = 'words' where tenant_id = $1 and id = $2", case_id)
        await personal_data.do_erase(tx, cem.me.user_id)
        assert (
            await tx.one(
                str,
                "select decision || ':' || note from app.report_cases where tenant_id = $1 and id = $2",
                case_id,
            )
            == "person_left:"
        )
    assert await open_cases(db, cem) == []
    assert len(await open_cases(db, ben)) == 1


@pytest.mark.parametrize("choice", cases.ReportChoice)
async def test_staff_decide_about_who_left_while_suspended_and_it_reaches_who_came_back(
    db: Database, tenant: tenants.Tenant, choice: cases.ReportChoice
):
    cem, staff = await make_person(db, tenant), await make_person(db, tenant, role=Role.moderator)
    case_id = await suspend(db, tenant, cem)
    async with db.as_service(tenant.id) as tx:
        await erasing.do_erase(tx, cem.me.user_id)
    again = await make_person(db, tenant, phone=cem.phone)
    async with db.as_service(tenant.id) as tx:
        await accounts.inheritance.do_prove_contact(tx, again.me.user_id, str(cem.phone))
    assert await is_suspended(db, again)
    async with db.as_service(tenant.id) as tx:
        await cases.do_decide(tx, case_id, cases.Verdict(choice, "read them all"), staff.me.user_id)
    assert not await is_suspended(db, again)
    async with db.as_service(tenant.id) as tx:
        assert (await accounts.user(tx, again.me.user_id)).is_banned == (choice is cases.ReportChoice.ban)

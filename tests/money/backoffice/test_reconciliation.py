"""Differences from the providers' books, seen and explained by staff."""

from datetime import timedelta
from uuid import uuid4

import httpx

from meydan.integrations.payments.contract import Charge
from meydan.kit import clock
from tests.factories import Person
from tests.money.shops import Shop


async def test_a_comparison_is_asked_for_and_what_differs_is_explained(
    shop: Shop, staff: httpx.AsyncClient, boss: Person
):
    unknown = Charge("ch_unknown", 700, "TRY", 0, False, clock.now() - timedelta(hours=2))
    shop.book.charges[unknown.provider_charge_id] = unknown
    answer = await staff.post("/api/staff/reconciliation/run")
    assert (answer.status_code, answer.json()["runs"]) == (202, [])
    await shop.work()
    seen = (await staff.get("/api/staff/reconciliation")).json()
    [run] = [one for one in seen["runs"] if one["provider"] == "stripe"]
    assert (run["charges"], run["payments"], run["complete"], run["problem"]) == (1, 0, True, None)
    assert run["finished_at"] is not None
    [difference] = seen["differences"]
    assert (difference["kind"], difference["subject"], difference["ours"], difference["theirs"]) == (
        "missing_here",
        "ch_unknown",
        None,
        700,
    )
    path = f"/api/staff/reconciliation/differences/{difference['id']}"
    assert (await staff.put(path, json={"note": ""})).status_code == 400
    answer = await staff.put(path, json={"note": " A sale at the market. "})
    assert answer.status_code == 200, answer.text
    explained = answer.json()
    assert (explained["status"], explained["note"]) == ("explained", "A sale at the market.")
    assert explained["explained_by"]["user_id"] == str(boss.me.user_id) and explained["closed_at"]
    answer = await staff.put(path, json={"note": "again"})
    assert (answer.status_code, answer.json()["code"]) == (409, "difference_closed")
    await staff.post("/api/staff/reconciliation/run")
    await shop.work()
    assert (await staff.get("/api/staff/reconciliation")).json()["differences"] == [], "it stays explained"
    assert (await staff.put(f"/api/staff/reconciliation/differences/{uuid4()}", json={"note": "x"})).status_code == 404
    async with shop.db.as_service(shop.tenant.id) as tx:
        actions = await tx.all(
            str,
            "select action from app.system_logs where tenant_id = $1 and acted_by_user_id = $2 order by id",
            boss.me.user_id,
        )
    assert actions == ["reconciliation_asked", "difference_explained", "reconciliation_asked"]

"""The numbers of the fraud rules, as owners and admins read and change them."""

from typing import Any

import httpx
import msgspec
import pytest

from meydan.money.fraud import FraudSettings
from tests.factories import Person
from tests.money.shops import Shop

PATH = "/api/staff/fraud/rules"


async def change(staff: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    return await staff.put(PATH, json={"changes": changes})


async def test_every_number_is_shown_with_what_was_delivered_and_its_bounds(staff: httpx.AsyncClient):
    shown = (await staff.get(PATH)).json()
    assert shown["settings"] == shown["defaults"] == msgspec.to_builtins(FraudSettings())
    assert shown["bounds"].keys() == shown["settings"].keys()
    assert shown["bounds"]["refund_percent"] == {"least": 1, "most": 100}
    assert shown["bounds"]["large_purchase"] == {"least": 1, "most": 10**12}
    assert shown["currencies"] == ["TRY"]


async def test_a_change_holds_from_the_next_purchase_on_and_is_logged(
    shop: Shop, staff: httpx.AsyncClient, boss: Person
):
    ana = await shop.person()
    await shop.buy(ana)
    answer = await change(staff, payments_per_hour=1, review_score=30, large_purchase={"TRY": 90_000, "*": 1})
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert changed["settings"]["payments_per_hour"] == 1
    assert changed["settings"]["large_purchase"] == {"TRY": 90_000, "*": 1}
    assert changed["settings"]["payments_per_day"] == changed["defaults"]["payments_per_day"]
    held, _ = await shop.buy(ana)
    assert (held["status"], held["release_at"]) == ("held", None)
    async with shop.db.as_service(shop.tenant.id) as tx:
        logged = await tx.one(
            dict[str, Any],
            "select details from app.system_logs where tenant_id = $1 and action = 'fraud_rules_changed'"
            " and acted_by_user_id = $2",
            boss.me.user_id,
        )
    assert logged["changes"]["payments_per_hour"] == {"from": 4, "to": 1}
    assert logged["changes"].keys() == {"payments_per_hour", "review_score", "large_purchase"}


@pytest.mark.parametrize(
    "changes",
    [
        {"refund_percent": 0},
        {"refund_percent": 101},
        {"many_cards_points": 1_001},
        {"delay_score": 0},
        {"large_purchase": 5},
        {"large_purchase": {"lira": 5}},
        {"large_purchase": {"TRY": 0}},
        {"payments_per_hour": {"TRY": 5}},
        {"no_such_rule": 5},
        {"payments_per_hour": 2, "refunds": -1},
    ],
)
async def test_what_cannot_be_changes_nothing(staff: httpx.AsyncClient, changes: dict[str, Any]):
    before = (await staff.get(PATH)).json()
    answer = await change(staff, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, "setting_invalid")
    assert (await staff.get(PATH)).json() == before


async def test_a_number_is_no_text(staff: httpx.AsyncClient):
    for wrong in "five", None, 5.5, [5], {"TRY": "much"}:
        assert (await change(staff, payments_per_hour=wrong)).status_code in (400, 422), wrong

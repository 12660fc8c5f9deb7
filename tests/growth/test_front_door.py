"""An invitation from the first page to the reward, through the API alone."""

from typing import Any

import httpx

from tests.accounts.conftest import PASSWORD, Arrive, Prove, Somebody, code, form, new_email, new_phone


async def invite_of(person: Somebody) -> dict[str, Any]:
    return dict(await person.get("/api/growth/invite"))


async def rights_of(person: Somebody) -> int:
    return int((await person.get("/api/match/state"))["quotas"]["text"]["remaining"])


async def rewards_of(person: Somebody) -> list[dict[str, Any]]:
    items = (await person.get("/api/notifications"))["items"]
    return [item["data"] for item in items if item["code"] == "referral_reward"]


async def test_a_friend_comes_with_the_link(arrive: Arrive, prove: Prove):
    ada = await arrive(proof=await prove(new_phone()))
    invite = await invite_of(ada)
    cem = await arrive(proof=await prove(new_phone()))
    ben = await arrive(proof=await prove(new_phone()), invite_code=invite["code"])
    assert await rights_of(ben) == await rights_of(cem) + 10
    assert await rewards_of(ben) == [{"amount": 10, "invited": True}]
    assert await rewards_of(ada) == []
    after = await invite_of(ada)
    assert (after["code"], after["invited"], after["rewarded"]) == (invite["code"], 1, 1)


async def test_an_email_address_is_no_phone(arrive: Arrive, prove: Prove):
    ada = await arrive(proof=await prove(new_phone()))
    ben = await arrive(proof=await prove(new_email()), invite_code=(await invite_of(ada))["code"])
    assert await rewards_of(ben) == []
    phone = new_phone()
    added = await ben.client.post(
        "/api/auth/verify", json={"proof": await prove(phone, "verify", ben.client), "password": PASSWORD}
    )
    assert added.status_code == 200
    assert await rewards_of(ben) == [{"amount": 10, "invited": True}]


async def test_a_wrong_code_costs_nothing_and_the_proof_is_still_good(api: httpx.AsyncClient, prove: Prove):
    wanted = form(proof=await prove(new_phone()), invite_code="WRONGONE")
    refused = await api.post("/api/auth/register", json=wanted)
    assert (refused.status_code, code(refused)) == (422, "invite_invalid")
    assert (await api.post("/api/auth/register", json=wanted | {"invite_code": None})).status_code == 201


async def test_leaving_and_coming_back_by_invitation_earns_nothing(arrive: Arrive, prove: Prove):
    ada = await arrive(proof=await prove(new_phone()))
    phone, invite_code = new_phone(), (await invite_of(ada))["code"]
    ben = await arrive(proof=await prove(phone))
    erased = await ben.client.post("/api/users/erase", json={"password": PASSWORD})
    assert erased.status_code == 204
    again = await arrive(proof=await prove(phone), invite_code=invite_code)
    assert await rewards_of(again) == []
    after = await invite_of(ada)
    assert (after["invited"], after["rewarded"]) == (1, 0)


async def test_inviting_oneself_earns_nothing(arrive: Arrive, prove: Prove):
    ada = await arrive(proof=await prove(new_phone()))
    again = await arrive(proof=await prove(new_phone()), invite_code=(await invite_of(ada))["code"], device=ada.device)
    assert await rewards_of(again) == await rewards_of(ada) == []

"""Two faces, one person, and nothing that would tell anybody else."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from meydan import accounts, tenants
from meydan.kit.crypto import tokens
from meydan.kit.database import Database
from tests.accounts.conftest import Arrive, Somebody, code
from tests.conftest import MovableClock


async def grow_shadow(person: Somebody, alias: str = "Gece Kuşu") -> dict[str, Any]:
    made = await person.client.post("/api/auth/shadow", json={"alias": alias})
    assert made.status_code == 201, made.text
    return next(face["profile"] for face in made.json()["faces"] if face["face"] == "shadow")


async def wear(person: Somebody, face: str) -> None:
    worn = await person.client.post("/api/auth/face", json={"face": face})
    assert worn.status_code == 200, worn.text
    person.take(worn.json())


async def test_a_shadow_is_made_once_and_worn(arrive: Arrive, moving_clock: MovableClock):
    person = await arrive()
    assert code(await person.client.post("/api/auth/face", json={"face": "shadow"})) == "no_such_face"
    shadow = await grow_shadow(person)
    assert person.me["profile"]["face"] == "real", "making it does not put it on"
    assert code(await person.client.post("/api/auth/shadow", json={"alias": "another"})) == "shadow_exists"
    await wear(person, "shadow")
    assert person.me["profile"]["id"] == shadow["id"]
    assert (await person.get("/api/auth/profile"))["profile"]["face"] == "shadow"
    moving_clock.forward(minutes=9)
    refreshed = (await person.client.post("/api/auth/refresh")).json()
    assert refreshed["me"]["profile"]["face"] == "shadow", "the session keeps wearing it"
    await wear(person, "real")
    assert (await person.get("/api/auth/profile"))["profile"]["face"] == "real"


async def test_eight_tabs_make_one_shadow(arrive: Arrive):
    person = await arrive()
    answers = await asyncio.gather(*(person.client.post("/api/auth/shadow", json={"alias": "gece"}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len((await person.get("/api/auth/profile"))["faces"]) == 2


async def test_what_one_face_says_the_other_does_not(arrive: Arrive):
    person = await arrive(gender="female")
    await grow_shadow(person)
    said = {"bio": "Kediler.", "interests": ["sinema"], "gender": "other", "latitude": 41.0123, "longitude": 28.9}
    assert (await person.client.put("/api/users/profile", json=said)).status_code == 200
    real, shadow = (face["profile"] for face in (await person.get("/api/auth/profile"))["faces"])
    assert (real["bio"], real["interests"], real["gender"]) == ("Kediler.", ["sinema"], "other")
    assert (shadow["bio"], shadow["interests"], shadow["gender"], shadow["languages"]) == ("", [], None, [])


async def public(db: Database, viewer: Somebody, ids: list[str], tenant: tenants.Tenant) -> dict[str, dict[str, Any]]:
    identity = tokens.read_access(viewer.session["access_token"], ("t" * 32,)).identity
    async with db.as_user(identity) as tx:
        found = await accounts.public_profiles(tx, [UUID(one) for one in ids])
    return {str(one.id): msgspec.to_builtins(one) for one in found}


async def test_nothing_others_see_of_the_two_is_the_same(arrive: Arrive, db: Database, tenant: tenants.Tenant):
    viewer, person = await arrive(), await arrive(alias="Deniz")
    shadow = await grow_shadow(person)
    real = person.me["profile"]
    seen = await public(db, viewer, [real["id"], shadow["id"]], tenant)
    as_real, as_shadow = seen[real["id"]], seen[shadow["id"]]
    assert set(as_real) == {"id", "alias", "tag", "bio", "gender", "interests", "age", "avatar_seed"}
    empty: tuple[object, ...] = ("", None, [])
    for field in as_real:
        assert as_real[field] != as_shadow[field] or as_real[field] in empty, field
    assert as_real["age"] is not None
    assert as_shadow["age"] is None, "an age changes on the same day for both"
    for profile_id in (real["id"], shadow["id"]):
        assert UUID(profile_id).version == 4, "an id that tells its time would tell when both were made"
    text = str(seen)
    assert person.me["user_id"] not in text
    # the tags are drawn independently: over many people they are equal as rarely as two strangers' are
    assert not any(key.endswith("_at") for key in as_real)


async def test_a_shadow_does_not_say_when_it_was_made(arrive: Arrive):
    person = await arrive()
    made = datetime.fromisoformat((await grow_shadow(person))["created_at"]).astimezone(UTC)
    assert (made.hour, made.minute, made.second, made.microsecond) == (0, 0, 0, 0)


async def test_tags_of_two_faces_with_one_alias_are_as_different_as_strangers(arrive: Arrive):
    same = 0
    for _ in range(12):
        person = await arrive(alias="Ada")
        same += (await grow_shadow(person, "Ada"))["tag"] == person.me["profile"]["tag"]
    assert same == 0, "the pair belongs to one profile: a shadow with the same alias has another tag"


async def test_nobody_else_is_told_of_a_shadow(arrive: Arrive, owner, tenant: tenants.Tenant):
    """No frame to anybody, when it is made, put on and taken off."""
    person, other = await arrive(), await arrive()
    before = await owner.fetchval(
        "select count(*) from app.outbox where tenant_id = $1 and user_id <> $2", tenant.id, UUID(person.me["user_id"])
    )
    await grow_shadow(person)
    await wear(person, "shadow")
    await wear(person, "real")
    after = await owner.fetchval(
        "select count(*) from app.outbox where tenant_id = $1 and user_id <> $2", tenant.id, UUID(person.me["user_id"])
    )
    assert before == after
    assert other.me["user_id"] not in str(person.me)


async def test_an_alias_has_one_owner_for_each_tag_however_it_is_written(
    arrive: Arrive, db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    people = [await arrive(alias=alias) for alias in ("ISIL", "ışıl", "IŞIL", "ısıl", "isil", "İSİL")]
    tags = {
        person.me["profile"]["tag"]
        for person in people
        if person.me["profile"]["alias"] in ("ISIL", "ısıl", "isil", "İSİL")
    }
    assert len(tags) == 4
    # the database itself refuses a second owner of the pair
    mine, theirs = people[4].me["profile"], people[5].me["profile"]
    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.as_service(tenant.id) as tx:
            await tx.run(
                "update app.profiles set tag = $3 where (tenant_id, id) = ($1, $2)", UUID(theirs["id"]), mine["tag"]
            )
    # in another community the pair is free
    there = await arrive(other_tenant, alias="isil")
    async with db.as_service(other_tenant.id) as tx:
        await tx.run(
            "update app.profiles set tag = $3 where (tenant_id, id) = ($1, $2)",
            UUID(there.me["profile"]["id"]),
            mine["tag"],
        )


async def test_a_crowded_alias_is_served_to_the_last_tag(
    arrive: Arrive, db: Database, tenant: tenants.Tenant, owner, api: httpx.AsyncClient
):
    person = await arrive(alias="Ali")
    taken = person.me["profile"]["tag"]
    free = "0042" if taken != "0042" else "0043"
    users = await owner.fetch(
        "insert into app.users (tenant_id, username, password_hash, birth_date, language)"
        " select $1, 'crowd' || n, 'x', '1990-01-01', 'tr' from generate_series(1, 9998) n returning id",
        tenant.id,
    )
    await owner.execute(
        "insert into app.profiles (tenant_id, user_id, face, alias, tag, avatar_seed, created_at)"
        " select $1, u.id, 'real', 'ALİ', t.tag, 'x', now() from unnest($2::uuid[]) with ordinality u (id, n) join ("
        "  select lpad(g::text, 4, '0') as tag, row_number() over () as n from generate_series(0, 9999) g"
        "  where lpad(g::text, 4, '0') not in ($3, $4)) t using (n)",
        tenant.id, [row["id"] for row in users], taken, free,
    )  # fmt: skip
    suggested = (await api.get("/api/auth/alias-suggestions", params={"alias": "ali"})).json()
    assert suggested[0] == {"alias": "ali", "tag": free}
    last = await arrive(alias="ali")
    assert last.me["profile"]["tag"] == free
    response = await person.client.put("/api/users/profile", json={"alias": "ALI"})
    assert response.json()["profile"]["tag"] == taken, "the same alias written otherwise is still one's own"
    newcomer = await arrive(alias="Veli")
    assert code(await newcomer.client.put("/api/users/profile", json={"alias": "ali"})) == "alias_full"
    suggested = (await api.get("/api/auth/alias-suggestions", params={"alias": "ali"})).json()
    assert suggested
    assert all(one["alias"] != "ali" for one in suggested)


async def test_renaming_keeps_the_tag_where_it_is_free_and_finds_another_where_not(
    arrive: Arrive, db: Database, tenant: tenants.Tenant
):
    person, other = await arrive(alias="Veli"), await arrive(alias="Deniz")
    tag = person.me["profile"]["tag"]
    renamed = (await person.client.put("/api/users/profile", json={"alias": "Veliefendi"})).json()["profile"]
    assert (renamed["alias"], renamed["tag"]) == ("Veliefendi", tag)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.profiles set tag = $3 where (tenant_id, id) = ($1, $2)", UUID(other.me["profile"]["id"]), tag
        )
    renamed = (await person.client.put("/api/users/profile", json={"alias": "deniz", "bio": "x"})).json()["profile"]
    assert renamed["alias"] == "deniz"
    assert renamed["tag"] != tag
    assert renamed["bio"] == "x"


async def test_eight_with_one_alias_at_once_get_eight_tags(arrive: Arrive):
    people = await asyncio.gather(*(arrive(alias="Zeynep") for _ in range(8)))
    assert len({person.me["profile"]["tag"] for person in people}) == 8


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"alias": "#"}, "alias_invalid"),
        ({"bio": "x" * 501}, "invalid_request"),
        ({"gender": "robot"}, "invalid_request"),
        ({"interests": ["a"] * 21}, "invalid_request"),
        ({"interests": [""]}, "invalid_request"),
        ({"latitude": 41.0}, "place_incomplete"),
        ({"latitude": 91.0, "longitude": 1.0}, "invalid_request"),
        ({"latitude": None, "longitude": 1.0}, "place_incomplete"),
        ({"bio": "a\u0000b"}, "invalid_value"),
    ],
)
async def test_what_a_face_cannot_be(arrive: Arrive, change: dict[str, Any], refusal: str):
    person = await arrive()
    assert code(await person.client.put("/api/users/profile", json=change)) == refusal
    assert (await person.get("/api/auth/profile"))["profile"] == person.me["profile"]


async def test_a_place_reaches_the_disk_only_coarsely(arrive: Arrive, db: Database, tenant: tenants.Tenant, owner):
    person = await arrive()
    where = {"latitude": 41.008240, "longitude": 28.978359}
    response = await person.client.put("/api/users/profile", json=where)
    assert response.status_code == 200
    row = await owner.fetchrow(
        "select latitude, longitude from app.profiles where id = $1", UUID(person.me["profile"]["id"])
    )
    assert (row["latitude"], row["longitude"]) == (41.0, 29.0)
    assert "28.97" not in response.text
    gone = await person.client.put("/api/users/profile", json={"latitude": None, "longitude": None})
    assert gone.status_code == 200
    row = await owner.fetchrow(
        "select latitude, longitude from app.profiles where id = $1", UUID(person.me["profile"]["id"])
    )
    assert (row["latitude"], row["longitude"]) == (None, None)


async def test_the_language_is_the_persons_not_the_faces(arrive: Arrive):
    person = await arrive()
    assert (await person.client.put("/api/users/profile", json={"language": "en"})).json()["language"] == "en"


async def test_faces_of_a_profile_are_for_services(arrive: Arrive, db: Database, tenant: tenants.Tenant):
    person = await arrive()
    shadow = await grow_shadow(person)
    user_id = UUID(person.me["user_id"])
    async with db.as_service(tenant.id) as tx:
        assert await accounts.user_of_profile(tx, UUID(shadow["id"])) == user_id
        assert {str(one) for one in await accounts.profiles_of_user(tx, user_id)} == {
            shadow["id"],
            person.me["profile"]["id"],
        }

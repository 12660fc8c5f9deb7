"""The made-up people of the other stories are people as the product knows them."""

from litestar import Litestar

from meydan import tenants
from meydan.kit.database import Database
from tests.factories import make_person, make_shadow


async def test_a_made_up_person_sees_their_own_profiles(app: Litestar, db: Database, tenant: tenants.Tenant):
    person = await make_person(db, tenant, alias="kedi")
    shadow = await make_shadow(db, person)
    for face in (person, shadow):
        async with db.as_user(face.me) as tx:
            assert sorted(await tx.all(str, "select alias from app.profiles where tenant_id = $1")) == ["dusk", "kedi"]
    async with db.as_user((await make_person(db, tenant)).me) as tx:
        assert "kedi" not in await tx.all(str, "select alias from app.profiles where tenant_id = $1")

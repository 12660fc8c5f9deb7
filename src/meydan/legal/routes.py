"""Legal texts over HTTP: readable by everybody, written by those who run the community."""

from typing import Annotated

from litestar import get, put
from msgspec import Meta, Struct

from meydan import accounts, tenants
from meydan.kit.database import Database, Tx
from meydan.kit.identity import Identity, Role
from meydan.legal import texts
from meydan.legal.delivered_texts import delivered_text
from meydan.legal.enums import LegalKind
from meydan.legal.settings import LegalSettings, Line
from meydan.legal.texts import LegalText, LegalVersion
from meydan.tenants import Language, Tenant

_STAFF = [accounts.staff_only(Role.admin, Role.owner)]


class Operator(Struct, frozen=True):
    """The people who run the community, as the delivered texts name them."""

    name: Line
    address: Line
    contact: Line


class ChangeOperatorRequest(Operator, frozen=True, forbid_unknown_fields=True):
    """Empty lines say that something is missing."""


class PublishLegalTextRequest(Struct, frozen=True, forbid_unknown_fields=True):
    body: Annotated[str, Meta(min_length=1, max_length=50_000, pattern=r"\S")]
    """Markdown; HTML in it is shown as it is written."""
    instead_of: Annotated[str, Meta(max_length=64)]
    """Digest of the text that was edited."""


class StaffLegalText(Struct, frozen=True):
    current: LegalText
    delivered: str
    """The delivered text, filled with this community's settings."""
    versions: list[LegalVersion]


@get("/api/legal", tags=["legal"], summary="Terms of use and privacy notice")
async def list_legal_texts(db: Database, tenant: Tenant, language: Language | None = None) -> list[LegalText]:
    """Both texts in force, in a language of the installation; by default the community's."""
    async with db.as_service(tenant.id) as tx:
        return [await texts.current(tx, kind, language or tenant.default_language) for kind in LegalKind]


@get("/api/staff/legal/operator", tags=["staff"], guards=_STAFF, summary="Who runs the community")
async def get_operator(db: Database, me: Identity) -> Operator:
    async with db.as_service(me.tenant_id) as tx:
        settings = await tenants.settings(tx, LegalSettings)
    return Operator(settings.operator_name, settings.operator_address, settings.operator_contact)


@put("/api/staff/legal/operator", tags=["staff"], guards=_STAFF, summary="Say who runs the community")
async def change_operator(db: Database, me: Identity, data: ChangeOperatorRequest) -> Operator:
    values = Operator(data.name.strip(), data.address.strip(), data.contact.strip())
    async with db.as_service(me.tenant_id) as tx:
        await tenants.do_configure(
            tx,
            LegalSettings,
            operator_name=values.name,
            operator_address=values.address,
            operator_contact=values.contact,
        )
        await tenants.do_record(tx, "operator_named", acted_by_user_id=me.user_id)
    return values


@get("/api/staff/legal/texts/{kind:str}", tags=["staff"], guards=_STAFF, summary="A legal text and its versions")
async def get_legal_text(db: Database, me: Identity, kind: LegalKind, language: Language) -> StaffLegalText:
    async with db.as_service(me.tenant_id) as tx:
        return await _for_staff(tx, kind, language)


@put("/api/staff/legal/texts/{kind:str}", tags=["staff"], guards=_STAFF, summary="Publish a legal text")
async def publish_legal_text(
    db: Database, me: Identity, kind: LegalKind, language: Language, data: PublishLegalTextRequest
) -> StaffLegalText:
    """Keeps the version before. A text that changed meanwhile is refused (409 ``legal_text_changed``)."""
    async with db.as_service(me.tenant_id) as tx:
        body = data.body.strip()
        await texts.do_publish(tx, kind, language, body, instead_of=data.instead_of, actor=me.user_id)
        return await _for_staff(tx, kind, language)


async def _for_staff(tx: Tx, kind: LegalKind, language: Language) -> StaffLegalText:
    return StaffLegalText(
        current=await texts.current(tx, kind, language),
        delivered=await delivered_text(tx, kind, language),
        versions=await texts.versions(tx, kind, language),
    )


ROUTES = [list_legal_texts, get_operator, change_operator, get_legal_text, publish_legal_text]

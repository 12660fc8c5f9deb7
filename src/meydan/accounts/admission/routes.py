"""Pages of staff about who may come in: communities that wait for approval, and contacts that have a new owner."""

from typing import Annotated

from litestar import get, post
from litestar.datastructures import State
from msgspec import Meta, Struct

from meydan import tenants
from meydan.accounts import staff
from meydan.accounts.admission import foundings
from meydan.accounts.former import burdens
from meydan.kit.database import Database
from meydan.kit.identity import Identity, Role

_PLATFORM = [staff.staff_only(Role.admin, Role.owner, of_installation=True)]
_RELEASERS = [staff.staff_only(*burdens.RELEASERS)]

Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
Typed = Annotated[str, Meta(min_length=1, max_length=254)]


class DecideFoundingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    choice: foundings.FoundingChoice
    reason: Reason
    """Kept in the audit log, and told to a founder who is refused."""


class LookUpContactRequest(Struct, frozen=True, forbid_unknown_fields=True):
    contact: Typed
    """A phone number or an e-mail address, as somebody types it. In a body, because addresses of pages are logged."""


class ReleaseContactRequest(Struct, frozen=True, forbid_unknown_fields=True):
    contact: Typed
    reason: Reason
    """Kept in the audit log, so without the contact."""


@get("/api/staff/communities", tags=["staff"], guards=_PLATFORM, summary="Communities that wait for approval")
async def list_waiting_communities(db: Database, me: Identity, state: State) -> foundings.WaitingCommunityList:
    """For staff of the default community, who run the installation."""
    directory: tenants.Directory = state.directory
    async with db.as_service(me.tenant_id) as tx:
        return await foundings.waiting(tx, directory.addresses.base_domain)


@post(
    "/api/staff/communities/{slug:str}/decide",
    status_code=204,
    tags=["staff"],
    guards=_PLATFORM,
    summary="Approve or refuse a community",
)
async def decide_founding(db: Database, me: Identity, slug: str, data: DecideFoundingRequest) -> None:
    """Decides once; a second decision is refused (409 ``tenant_decided``). The founder is told."""
    await foundings.do_decide(db, me, slug, data.choice, data.reason.strip())


@post(
    "/api/staff/contacts/look-up",
    status_code=200,
    tags=["staff"],
    guards=_RELEASERS,
    summary="What earlier accounts left under a phone number or an e-mail address",
)
async def look_up_contact(db: Database, me: Identity, data: LookUpContactRequest) -> burdens.ContactBurdens:
    """Kinds and dates only. A community has so many looks a day, and each is in the audit log."""
    async with db.as_service(me.tenant_id) as tx:
        return await burdens.do_look_up(tx, me.user_id, data.contact)


@post(
    "/api/staff/contacts/release",
    status_code=204,
    tags=["staff"],
    guards=_RELEASERS,
    summary="Free a phone number or an e-mail address for its new owner",
)
async def release_contact(db: Database, me: Identity, data: ReleaseContactRequest) -> None:
    """Counts as a look. What was not carried changes nothing, and is answered the same."""
    async with db.as_service(me.tenant_id) as tx:
        await burdens.do_release(tx, me.user_id, data.contact, data.reason.strip())


ROUTES = [list_waiting_communities, decide_founding, look_up_contact, release_contact]

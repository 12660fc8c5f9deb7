"""Foundings that wait: who asked for a community, and the news that it was approved or refused."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from meydan import integrations, tenants
from meydan.accounts import events, staff, users
from meydan.accounts.faces.profiles import of_user
from meydan.integrations import Channel, Message, SendingFailed, Undeliverable
from meydan.kit.database import Database, Tx
from meydan.kit.events import publish
from meydan.kit.identity import Face, Identity, Role
from meydan.kit.jobs import queue
from meydan.kit.jobs.retries import PATIENTLY, RetryableJob, do_retry
from meydan.tenants import Language, approval

SEND_NEWS = "accounts.send_founding_news"

_SUBJECT = {
    Language.turkish: {True: "{community}: topluluğun açıldı", False: "{community}: topluluğun onaylanmadı"},
    Language.english: {True: "{community}: your community is open", False: "{community}: not approved"},
}
_BODY = {
    Language.turkish: {
        True: "Kurduğun {community} topluluğu onaylandı. Artık içeri girip insanları davet edebilirsin.",
        False: "Kurmak istediğin {community} topluluğu onaylanmadı. Sebebi: {reason}",
    },
    Language.english: {
        True: "{community}, the community you started, was approved. You can log in and invite people.",
        False: "{community}, the community you wanted to start, was not approved. The reason: {reason}",
    },
}


class Founder(Struct, frozen=True):
    alias: str
    name: str
    """The proved e-mail address or phone number, else the username."""


class WaitingCommunity(Struct, frozen=True):
    slug: str
    host: str | None
    """The host that it will be reached at; None without one, or a base domain."""
    name: str
    language: Language
    asked_at: datetime
    founder: Founder | None
    """None once the account was erased."""


class WaitingCommunityList(Struct, frozen=True):
    items: list[WaitingCommunity]


class FoundingChoice(StrEnum):
    approve = "approve"
    refuse = "refuse"


class SendFoundingNews(RetryableJob, frozen=True):
    """The job's payload; the address is read when it is sent."""

    user_id: UUID
    is_approved: bool
    reason: str


async def waiting(tx: Tx, base_domain: str) -> WaitingCommunityList:
    """Communities that wait for approval, each read as its own tenant. Ends inside one of them.

    Runs as: service.
    """
    items = []
    for one in await approval.waiting(tx):
        await tx.enter_tenant(one.id)
        founder = await _founder(tx)
        below = f"{one.slug}.{base_domain}" if base_domain else None
        host = one.hosts[0] if one.hosts else below
        items.append(WaitingCommunity(one.slug, host, one.name, one.default_language, one.created_at, founder))
    return WaitingCommunityList(items)


async def _founder(tx: Tx) -> Founder | None:
    owners = await staff.staff_of(tx, Role.owner)
    if not owners:
        return None
    user = await users.by_id(tx, owners[0])
    faces = await of_user(tx, owners[0])
    alias = next((face.alias for face in faces if face.face is Face.real), "")
    return Founder(alias, user.email or user.phone or user.username or "")


async def do_decide(db: Database, me: Identity, slug: str, choice: FoundingChoice, reason: str) -> None:
    """Opens or closes a waiting community, and tells its founder.

    Raises: NotFound, TenantDecided."""
    is_approved = choice is FoundingChoice.approve
    async with db.as_service(me.tenant_id) as tx:
        await approval.do_decide(tx, slug, me.user_id, is_approved=is_approved, reason=reason)
        for owner in await staff.staff_of(tx, Role.owner):
            await queue(tx, SEND_NEWS, SendFoundingNews(user_id=owner, is_approved=is_approved, reason=reason))
            if is_approved:
                await publish(tx, events.CommunityApproved(owner))


async def do_send_news(db: Database, tenant_id: int, job: SendFoundingNews) -> None:
    """Writes to the founder's e-mail address, if there is one: a text message would cost money and carry their words."""
    async with db.as_service(tenant_id) as tx:
        user = await users.by_id(tx, job.user_id)
        community = tenants.name_in_messages((await tenants.current(tx)).name)
    if user.email is None or Channel.email not in integrations.current().channels:
        return
    words = {"community": community, "reason": job.reason}
    message = Message(
        to=user.email,
        subject=_SUBJECT[user.language][job.is_approved].format(**words),
        body=_BODY[user.language][job.is_approved].format(**words),
    )
    try:
        await integrations.current().sender(Channel.email).send(message)
    except SendingFailed:
        async with db.as_service(tenant_id) as tx:
            await do_retry(tx, SEND_NEWS, job, PATIENTLY, dedupe_key=f"founding-news:{job.user_id}")
    except Undeliverable:
        return

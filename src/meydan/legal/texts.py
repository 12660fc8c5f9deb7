"""Legal texts of a community: its staff publish versions, each is kept, and the newest is in force.

Until they publish one, the delivered text is in force. It becomes a version when somebody accepts it.
"""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

from meydan import tenants
from meydan.kit.database import Tx
from meydan.kit.errors import Refused
from meydan.legal.delivered_texts import delivered_text
from meydan.legal.enums import LegalKind
from meydan.tenants import Language


class LegalTextChanged(Refused):
    code, status, title = "legal_text_changed", 409, "This text has changed meanwhile. Look at the new one first."


class LegalText(Struct, frozen=True):
    """A text in markdown without HTML. ``version`` and ``published_at`` are absent for a delivered text."""

    kind: LegalKind
    language: Language
    body: str
    digest: str
    """SHA-256 of the body, by which a client says which text it has shown."""
    version: int | None = None
    published_at: datetime | None = None


class LegalVersion(Struct, frozen=True):
    """A version as staff see it in the list."""

    version: int
    body: str
    published_at: datetime
    published_by: str | None
    """Alias of the member of the staff; None for a delivered text."""


async def current(tx: Tx, kind: LegalKind, language: Language) -> LegalText:
    """The text in force.

    Runs as: service.
    """
    own = await tx.maybe(
        LegalText,
        """
        select kind, language, body, digest, version, published_at from app.legal_texts
        where tenant_id = $1 and kind = $2 and language = $3 and published_by_user_id is not null
        order by version desc limit 1
        """,
        kind,
        language,
    )
    if own is not None:
        return own
    body = await delivered_text(tx, kind, language)
    return LegalText(kind, language, body, _digest(body))


async def versions(tx: Tx, kind: LegalKind, language: Language) -> list[LegalVersion]:
    """Every version, the newest first.

    Runs as: service.
    """
    return await tx.all(
        LegalVersion,
        """
        select t.version, t.body, t.published_at, p.alias as published_by from app.legal_texts t
        left join app.profiles p on p.tenant_id = t.tenant_id and p.user_id = t.published_by_user_id and p.face = 'real'
        where t.tenant_id = $1 and t.kind = $2 and t.language = $3 order by t.version desc
        """,
        kind,
        language,
    )


async def do_publish(
    tx: Tx, kind: LegalKind, language: Language, body: str, *, instead_of: str, actor: UUID
) -> LegalText:
    """Publishes a version in place of the text with the digest ``instead_of``. The same body again changes nothing.

    Locks: an advisory lock of the tenant.
    Raises: LegalTextChanged.
    Runs as: service.
    """
    await _lock_texts(tx)
    before = await current(tx, kind, language)
    if before.version is not None and before.body == body:
        return before
    if before.digest != instead_of:
        raise LegalTextChanged
    await _do_add(tx, kind, language, body, actor)
    after = await current(tx, kind, language)
    await tenants.do_record(
        tx, "legal_text_published", acted_by_user_id=actor, kind=kind, language=language, version=after.version
    )
    return after


async def do_keep(tx: Tx, text: LegalText) -> UUID:
    """Makes the delivered text a version, unless it is one. Returns the version's id.

    Locks: an advisory lock of the tenant, where the text is no version yet.
    Raises: LegalTextChanged (staff published one in the same moment).
    Runs as: service.
    """
    if (kept := await _version_id(tx, text)) is not None:
        return kept
    await _lock_texts(tx)
    if (await current(tx, text.kind, text.language)).digest != text.digest:
        raise LegalTextChanged
    return await _version_id(tx, text) or await _do_add(tx, text.kind, text.language, text.body, None)


async def _lock_texts(tx: Tx) -> None:
    """Lets one transaction at a time look which version is the newest, and add the next.

    Locks: an advisory lock of the tenant.
    """
    await tx.run("select pg_advisory_xact_lock($1, hashtext('legal texts'))")


async def _version_id(tx: Tx, text: LegalText) -> UUID | None:
    return await tx.maybe(
        UUID,
        """
        select id from app.legal_texts where tenant_id = $1 and kind = $2 and language = $3 and digest = $4
        order by version desc limit 1
        """,
        text.kind,
        text.language,
        text.digest,
    )


async def _do_add(tx: Tx, kind: LegalKind, language: Language, body: str, actor: UUID | None) -> UUID:
    """Adds the next version."""
    return await tx.one(
        UUID,
        """
        insert into app.legal_texts (tenant_id, kind, language, body, digest, version, published_by_user_id)
        select $1, $2, $3, $4, $5, coalesce(max(version), 0) + 1, $6 from app.legal_texts
        where tenant_id = $1 and kind = $2 and language = $3 returning id
        """,
        kind,
        language,
        body,
        _digest(body),
        actor,
    )


def _digest(body: str) -> str:
    return sha256(body.encode()).hexdigest()

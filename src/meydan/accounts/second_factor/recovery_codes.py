"""Recovery codes: ten codes in place of a lost authenticator, shown once, kept as keyed hashes, each right once."""

import re
import secrets
from uuid import UUID

from meydan.kit.crypto import seal
from meydan.kit.database import Tx
from meydan.kit.typed_text import as_typed

COUNT = 10
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: nothing in it looks like something else. A code has fifty random bits."""
_LENGTH = 10
_CODE = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


def read(typed: str) -> str | None:
    """The code as it is hashed; None for what cannot be one."""
    code = as_typed(typed).lower().translate(_MISREAD)
    return code if _CODE.fullmatch(code) else None


async def do_make(tx: Tx, user_id: UUID) -> list[str]:
    """Makes ten codes in place of all earlier ones, and returns them as they are shown.

    Runs as: service.
    """
    await do_remove(tx, user_id)
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(COUNT)]
    await tx.run(
        "insert into app.recovery_codes (tenant_id, user_id, code_hash) select $1, $2, unnest($3::bytea[])",
        user_id,
        [seal.mac(*_hashed(tx, user_id, code)) for code in codes],
    )
    return [f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}" for code in codes]


async def do_use(tx: Tx, user_id: UUID, code: str) -> bool:
    """Uses a code up; False where it is none of the user's unused ones.

    Runs as: service.
    """
    used = await tx.maybe(
        int,
        """
        update app.recovery_codes set used_at = app.now()
        where tenant_id = $1 and user_id = $2 and code_hash = any($3::bytea[]) and used_at is null returning 1
        """,
        user_id,
        seal.known_macs(*_hashed(tx, user_id, code)),
    )
    return used is not None


async def left(tx: Tx, user_id: UUID) -> int:
    """Runs as: service."""
    return await tx.one(
        int,
        """
        select count(*)::integer from app.recovery_codes where tenant_id = $1 and user_id = $2 and used_at is null
        """,
        user_id,
    )


async def do_remove(tx: Tx, user_id: UUID) -> None:
    await tx.run("delete from app.recovery_codes where tenant_id = $1 and user_id = $2", user_id)


def _hashed(tx: Tx, user_id: UUID, code: str) -> tuple[str, int, UUID, str]:
    return "recovery codes", tx.tenant_id, user_id, code

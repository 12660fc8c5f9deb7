"""Blocks over HTTP."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import Parameter
from msgspec import Struct

from meydan.kit import rate_limits
from meydan.kit.database import Database
from meydan.kit.identity import Identity
from meydan.safety import blocks

_BLOCK_LIMIT = rate_limits.Limit("blocks", timedelta(hours=1), 60)

Limit = Annotated[int, Parameter(ge=1, le=100)]


class BlockProfileRequest(Struct, frozen=True, forbid_unknown_fields=True):
    profile_id: UUID
    scope: blocks.BlockScope = blocks.BlockScope.person


@post("/api/blocks", tags=["safety"], summary="Block somebody you met")
async def block(db: Database, me: Identity, data: BlockProfileRequest) -> blocks.Block:
    """Ends what is open between you. Blocking twice answers the same block.

    Three people can be blocked within a day (`block_limit_reached`), and any number of single faces.
    """
    await rate_limits.take(_BLOCK_LIMIT, me.user_id)
    async with db.as_user(me) as tx:
        return await blocks.do_block(tx, data.profile_id, data.scope)


@get("/api/blocks", tags=["safety"], summary="Whom you have blocked")
async def list_blocks(db: Database, me: Identity, cursor: UUID | None = None, limit: Limit = 50) -> blocks.BlockPage:
    async with db.as_user(me) as tx:
        return await blocks.blocks(tx, cursor, limit)


@delete("/api/blocks/{block_id:uuid}", tags=["safety"], summary="Unblock")
async def unblock(db: Database, me: Identity, block_id: UUID) -> None:
    async with db.as_user(me) as tx:
        await blocks.do_unblock(tx, block_id)


ROUTES = [block, list_blocks, unblock]

"""Fraud rules: their numbers, as staff read and change them."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.inspect import DictType, IntType, StructType, type_info

from meydan import tenants
from meydan.kit.database import Tx
from meydan.money.fraud import FraudSettings

Value = int | dict[str, int]
"""A number; for money one per currency, in its minor unit, with ``*`` for every other currency."""


class Bounds(Struct, frozen=True):
    least: int
    most: int


class FraudRules(Struct, frozen=True):
    settings: dict[str, Value]
    defaults: dict[str, Value]
    bounds: dict[str, Bounds]
    currencies: list[str]
    """Currencies of the tenant's products."""


def _bounds() -> dict[str, Bounds]:
    """Bounds read from the settings' own annotations, so that no page and no document can differ."""
    kind = type_info(FraudSettings)
    if not isinstance(kind, StructType):
        raise TypeError("settings are a struct")
    found = {}
    for field in kind.fields:
        number = field.type.value_type if isinstance(field.type, DictType) else field.type
        if not isinstance(number, IntType) or number.ge is None or number.le is None:
            raise TypeError(f"fraud.{field.name} is no number with bounds")
        found[field.name] = Bounds(number.ge, number.le)
    return found


BOUNDS = _bounds()


async def rules(tx: Tx) -> FraudRules:
    """The tenant's numbers with defaults and bounds.

    Runs as: service."""
    return FraudRules(
        settings=msgspec.structs.asdict(await tenants.settings(tx, FraudSettings)),
        defaults=msgspec.structs.asdict(FraudSettings()),
        bounds=BOUNDS,
        currencies=await tx.all(
            str,
            """
            select currency from app.coin_packages where tenant_id = $1
            union select currency from app.premium_plans where tenant_id = $1 order by currency
            """,
        ),
    )


async def do_change(tx: Tx, changes: dict[str, Any], actor: UUID) -> None:
    """Changes numbers from the next purchase on: all of them or, if one is invalid, none.

    Raises: SettingInvalid.
    Runs as: service."""
    before = msgspec.structs.asdict(await tenants.settings(tx, FraudSettings))
    await tenants.do_configure(tx, FraudSettings, **changes)
    await tenants.do_record(
        tx,
        "fraud_rules_changed",
        acted_by_user_id=actor,
        changes={name: {"from": before[name], "to": value} for name, value in changes.items()},
    )

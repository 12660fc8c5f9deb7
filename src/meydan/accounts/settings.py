"""What a community may set about its accounts."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from meydan import tenants


class RequireVerified(StrEnum):
    phone = "phone"
    any = "any"
    none = "none"


class SignIn(StrEnum):
    phone = "phone"
    email = "email"
    username = "username"


Count = Annotated[int, Meta(ge=0)]


class AccountsSettings(tenants.RoomSettings, frozen=True):
    room = "accounts"

    require_verified: RequireVerified = RequireVerified.phone
    """What must be proved before one can meet anybody."""
    sign_in: list[SignIn] = field(default_factory=lambda: list(SignIn))
    """The ways in which one can register here; whoever is in already may go on logging in."""
    minimum_age: Annotated[int, Meta(ge=18)] = 18
    step_up: bool = False
    """A password alone does not open an account on a device that it has not been used on."""
    default_region: str = "TR"
    """The country of phone numbers written without one."""
    sms_countries: list[str] = field(default_factory=list)
    """Where texts may be sent to, as two letters; empty: everywhere."""
    sms_daily_budget_cents: Count | None = None
    """Unset: what the installation allows each community."""
    # A mobile network shows thousands of people under one address: what is counted by address is generous.
    codes_per_number_hour: Count = 5
    codes_per_number_day: Count = 10
    codes_per_device_hour: Count = 10
    codes_per_address_hour: Count = 120
    codes_per_country_hour: Count = 1000
    registrations_per_address_hour: Count = 300

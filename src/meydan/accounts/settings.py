"""Settings of accounts."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from meydan import tenants


class RequireVerified(StrEnum):
    phone = "phone"
    any = "any"
    none = "none"


class SignInMethod(StrEnum):
    phone = "phone"
    email = "email"
    username = "username"


Count = Annotated[int, Meta(ge=0)]


class AccountsSettings(tenants.RoomSettings, frozen=True):
    room = "accounts"

    require_verified: RequireVerified = RequireVerified.phone
    """Contacts that must be proved before meeting anybody."""
    sign_in_methods: list[SignInMethod] = field(default_factory=lambda: list(SignInMethod))
    """Methods open for registration; existing accounts may keep logging in by any."""
    minimum_age: Annotated[int, Meta(ge=18)] = 18
    step_up: bool = False
    """On a device new to the account, a login needs a one-time code besides the password."""
    default_region: str = "TR"
    """Country of phone numbers written without a country code."""
    sms_countries: list[str] = field(default_factory=list)
    """Countries that text messages may be sent to, as two letters; empty: all."""
    sms_daily_budget_cents: Count | None = None
    """Unset: the installation's budget for each tenant."""
    # A mobile network hides thousands of people behind one IP address: limits by IP address are generous.
    codes_per_number_hour: Count = 5
    codes_per_number_day: Count = 10
    codes_per_device_hour: Count = 10
    codes_per_ip_address_hour: Count = 120
    codes_per_country_hour: Count = 1000
    registrations_per_ip_address_hour: Count = 300

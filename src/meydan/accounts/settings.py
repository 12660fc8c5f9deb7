"""Settings of accounts."""

from enum import StrEnum
from typing import Annotated

import phonenumbers
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


Limit = Annotated[int, Meta(ge=1, le=1_000_000)]
Region = Annotated[str, Meta(max_length=2)]
"""Two capital letters (ISO 3166), of a country that has phone numbers."""


class AccountsSettings(tenants.RoomSettings, frozen=True):
    room = "accounts"

    require_verified: RequireVerified = RequireVerified.phone
    """Contacts that must be proved before meeting anybody."""
    sign_in_methods: Annotated[list[SignInMethod], Meta(min_length=1)] = field(
        default_factory=lambda: list(SignInMethod)
    )
    """Methods open for registration; existing accounts may keep logging in by any."""
    minimum_age: Annotated[int, Meta(ge=18, le=100)] = 18
    step_up: bool = False
    """On a device new to the account, a login needs a one-time code besides the password."""
    default_region: Region = "TR"
    """Country of phone numbers written without a country code."""
    sms_countries: Annotated[list[Region], Meta(max_length=250)] = field(default_factory=list)
    """Countries that text messages may be sent to; empty: all."""
    sms_daily_budget_cents: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    """Unset: the installation's budget for each tenant."""
    # A mobile network hides thousands of people behind one IP address: limits by IP address are generous.
    codes_per_number_hour: Limit = 5
    """For one browser and one number or address; all browsers of a network together have three times as many."""
    codes_per_number_day: Limit = 10
    """Likewise; browsers everywhere that have not proved the number have six times as many together."""
    wrong_codes_per_ip_address_hour: Limit = 100
    """Guesses at codes from one network. After them each code has one attempt left there."""
    codes_per_device_hour: Limit = 10
    codes_per_ip_address_hour: Limit = 120
    codes_per_country_hour: Limit = 1000
    registrations_per_ip_address_hour: Limit = 300

    def __post_init__(self) -> None:
        for region in (self.default_region, *self.sms_countries):
            if region not in phonenumbers.SUPPORTED_REGIONS:
                raise ValueError(f"{region!r} is no country; one is written TR")

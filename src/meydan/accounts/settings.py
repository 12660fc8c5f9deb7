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
    require_staff_second_factor: bool = False
    """Staff reach their pages only in a session that a second factor opened: an authenticator's code, or a passkey."""
    default_region: Region = "TR"
    """Country of phone numbers written without a country code."""
    sms_countries: Annotated[list[Region], Meta(max_length=250)] = field(default_factory=list)
    """Countries that text messages may be sent to, of those that the installation has opened; empty: all of them."""
    sms_daily_budget_cents: Annotated[int, Meta(ge=0, le=100_000_000)] | None = None
    """This tenant's part of the installation's budget; unset: all of it, as far as others leave it."""
    # A mobile network hides thousands of people behind one IP address: limits by IP address are generous.
    codes_per_number_hour: Limit = 3
    """Requests of strangers for one number or address. From here on, as below, the next one costs a puzzle."""
    codes_per_ip_address_hour: Limit = 60
    codes_per_community_hour: Limit = 500
    codes_per_number_day: Limit = 60
    """Requests of strangers for one number or address. After them a network has only its first three."""
    wrong_codes_per_ip_address_hour: Limit = 100
    """Guesses at codes from one network. After them each code has one attempt left there."""
    registrations_per_ip_address_hour: Limit = 300

    def __post_init__(self) -> None:
        for region in (self.default_region, *self.sms_countries):
            if region not in phonenumbers.SUPPORTED_REGIONS:
                raise ValueError(f"{region!r} is no country; one is written TR")

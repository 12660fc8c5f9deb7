"""Accounts: people, their faces, devices and sessions; how they get in, and whether they may be here."""

from meydan.accounts import personal_data, tasks
from meydan.accounts.access import WrongTenant, identify, identity_of
from meydan.accounts.aliases import AliasFull, AliasInvalid
from meydan.accounts.devices import DeviceHere
from meydan.accounts.erasure_lock import lock_against_erasure, lock_for_erasure
from meydan.accounts.events import (
    CodesPaused,
    DeviceForgotten,
    NewDevice,
    Registered,
    SessionsEnded,
    SignInChanged,
    SignInPart,
    UserBanned,
    Verified,
)
from meydan.accounts.identifiers import phone_hash
from meydan.accounts.me import LoggedIn, Me, Session
from meydan.accounts.profiles import Gender, Profile, ProfileChange, PublicProfile, profiles_of_user, user_of_profile
from meydan.accounts.profiles import do_change as do_change_profile
from meydan.accounts.profiles import public as public_profiles
from meydan.accounts.sessions import EndReason, SessionEnded
from meydan.accounts.sessions import do_end_all as do_end_all_sessions
from meydan.accounts.settings import AccountsSettings, RequireVerified, SignIn
from meydan.accounts.sign_in.login import Login, login
from meydan.accounts.sign_in.otp import Purpose
from meydan.accounts.sign_in.registration import NewCommunity, Registration, register
from meydan.accounts.staff import StaffGuard, StaffOnly, do_set_role, staff_of, staff_only
from meydan.accounts.standing import Banned, TooYoung, VerificationNeeded, do_lift_ban, do_set_ban
from meydan.accounts.users import User, check_may_meet
from meydan.accounts.users import by_id as user

__all__ = [
    "AccountsSettings",
    "AliasFull",
    "AliasInvalid",
    "Banned",
    "CodesPaused",
    "DeviceForgotten",
    "DeviceHere",
    "EndReason",
    "Gender",
    "LoggedIn",
    "Login",
    "Me",
    "NewCommunity",
    "NewDevice",
    "Profile",
    "ProfileChange",
    "PublicProfile",
    "Purpose",
    "Registered",
    "Registration",
    "RequireVerified",
    "Session",
    "SessionEnded",
    "SessionsEnded",
    "SignIn",
    "SignInChanged",
    "SignInPart",
    "StaffGuard",
    "StaffOnly",
    "TooYoung",
    "User",
    "UserBanned",
    "VerificationNeeded",
    "Verified",
    "WrongTenant",
    "check_may_meet",
    "do_change_profile",
    "do_end_all_sessions",
    "do_lift_ban",
    "do_set_ban",
    "do_set_role",
    "identify",
    "identity_of",
    "lock_against_erasure",
    "lock_for_erasure",
    "login",
    "personal_data",
    "phone_hash",
    "profiles_of_user",
    "public_profiles",
    "register",
    "staff_of",
    "staff_only",
    "tasks",
    "user",
    "user_of_profile",
]

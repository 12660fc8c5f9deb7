"""Accounts: users, their faces, devices and sessions; sign-in, bans and age."""

from meydan.accounts import personal_data, tasks
from meydan.accounts.conflict_of_interest import ConflictOfInterest
from meydan.accounts.conflict_of_interest import is_own as is_own_matter
from meydan.accounts.erasure_lock import lock_against_erasure, lock_for_erasure
from meydan.accounts.events import (
    CodesPaused,
    CommunityApproved,
    DeviceForgotten,
    NewDevice,
    Registered,
    SessionsEnded,
    ShadowEnded,
    SignInChanged,
    SignInPart,
    UserBanned,
    Verified,
)
from meydan.accounts.faces.aliases import AliasFull, AliasInvalid, AliasMixesScripts
from meydan.accounts.faces.name_search import add_name, add_user_named
from meydan.accounts.faces.profiles import (
    ChangeProfileRequest,
    Gender,
    Profile,
    PublicProfile,
    profiles_of_user,
    user_of_profile,
)
from meydan.accounts.faces.profiles import do_change as do_change_profile
from meydan.accounts.faces.profiles import in_common as interests_in_common
from meydan.accounts.faces.profiles import public as public_profiles
from meydan.accounts.former import burdens, inheritance
from meydan.accounts.former.burdens import BurdenKind
from meydan.accounts.former.contact_marks import contact_hash_in, marks_of_me, rehashed
from meydan.accounts.former.kept_apart import MetFaces, Pair
from meydan.accounts.former.known_contacts import REMEMBERED, do_ban_contact
from meydan.accounts.identifiers import country_code
from meydan.accounts.me import LoggedIn, Me, Session
from meydan.accounts.passkeys.credentials import do_delete as do_delete_passkey
from meydan.accounts.passkeys.relying_party import PasskeyPlace
from meydan.accounts.passkeys.relying_party import place_of as place_of_passkeys
from meydan.accounts.second_factor.removal import do_remove as do_remove_second_factor
from meydan.accounts.second_factor.totp import opening_key as key_of_authenticator
from meydan.accounts.sessions.access import WrongTenant, identify, identity_of, is_logged_in
from meydan.accounts.sessions.authentication import Authentication
from meydan.accounts.sessions.devices import ClientDevice
from meydan.accounts.sessions.endings import EndReason
from meydan.accounts.sessions.endings import do_end_all as do_end_all_sessions
from meydan.accounts.sessions.sessions import SessionEnded
from meydan.accounts.settings import AccountsSettings, RequireVerified, SignInMethod
from meydan.accounts.sign_in.login import Browser, LogInRequest, do_log_in
from meydan.accounts.sign_in.otp import Purpose
from meydan.accounts.sign_in.registration import NewTenant, RegisterUserRequest, do_register
from meydan.accounts.staff import (
    STAFF,
    Outranked,
    SecondFactorRequired,
    StaffGuard,
    StaffOnly,
    do_set_role,
    do_set_role_of,
    outranks,
    staff_of,
    staff_only,
    user_by_identifier,
)
from meydan.accounts.standing import (
    AccountBanned,
    MatchingSuspended,
    TooYoung,
    VerificationNeeded,
    do_lift_ban,
    do_resume_matching,
    do_set_ban,
    do_suspend_matching,
)
from meydan.accounts.users import User, check_may_meet, lock_standing
from meydan.accounts.users import by_id as user

__all__ = [
    "REMEMBERED",
    "STAFF",
    "AccountBanned",
    "AccountsSettings",
    "AliasFull",
    "AliasInvalid",
    "AliasMixesScripts",
    "Authentication",
    "Browser",
    "BurdenKind",
    "ChangeProfileRequest",
    "ClientDevice",
    "CodesPaused",
    "CommunityApproved",
    "ConflictOfInterest",
    "DeviceForgotten",
    "EndReason",
    "Gender",
    "LogInRequest",
    "LoggedIn",
    "MatchingSuspended",
    "Me",
    "MetFaces",
    "NewDevice",
    "NewTenant",
    "Outranked",
    "Pair",
    "PasskeyPlace",
    "Profile",
    "PublicProfile",
    "Purpose",
    "RegisterUserRequest",
    "Registered",
    "RequireVerified",
    "SecondFactorRequired",
    "Session",
    "SessionEnded",
    "SessionsEnded",
    "ShadowEnded",
    "SignInChanged",
    "SignInMethod",
    "SignInPart",
    "StaffGuard",
    "StaffOnly",
    "TooYoung",
    "User",
    "UserBanned",
    "VerificationNeeded",
    "Verified",
    "WrongTenant",
    "add_name",
    "add_user_named",
    "burdens",
    "check_may_meet",
    "contact_hash_in",
    "country_code",
    "do_ban_contact",
    "do_change_profile",
    "do_delete_passkey",
    "do_end_all_sessions",
    "do_lift_ban",
    "do_log_in",
    "do_register",
    "do_remove_second_factor",
    "do_resume_matching",
    "do_set_ban",
    "do_set_role",
    "do_set_role_of",
    "do_suspend_matching",
    "identify",
    "identity_of",
    "inheritance",
    "interests_in_common",
    "is_logged_in",
    "is_own_matter",
    "key_of_authenticator",
    "lock_against_erasure",
    "lock_for_erasure",
    "lock_standing",
    "marks_of_me",
    "outranks",
    "personal_data",
    "place_of_passkeys",
    "profiles_of_user",
    "public_profiles",
    "rehashed",
    "staff_of",
    "staff_only",
    "tasks",
    "user",
    "user_by_identifier",
    "user_of_profile",
]

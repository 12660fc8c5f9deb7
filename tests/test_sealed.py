"""Everything that is sealed or hashed with the seal key outlives a rotation of it: a new use must say how."""

import re

import asyncpg

from meydan.kit.database import DatabaseSettings
from tests.source import SOURCE

HASHES_OF_THE_CURRENT_KEY = {
    "accounts/passkeys/challenges.py": "handed out with it; compared by is_mac",
    "accounts/second_factor/challenges.py": "stored with it; found by accepted_macs",
    "accounts/second_factor/recovery_codes.py": "stored with it; found by known_macs",
    "accounts/sessions/refresh_tokens.py": "written with it; compared by is_mac",
    "accounts/sign_in/code_limits.py": "stored with it; found by known_macs",
    "accounts/sign_in/otp.py": "stored or handed out with it; compared by is_mac",
}
"""Files that call ``seal.mac`` with the current seal key."""
NEVER_COMPARED = {"notifications/push_sending.py": "names a message that a later one replaces at the push service"}
SEALED_COLUMNS = {
    "app.totp_secrets.sealed_secret": "sealed anew at night, and looked at by the doctor",
    "app.provider_accounts.sealed": "sealed anew at night, and looked at by the doctor",
    "app.former_accounts.sealed_hash": "with the contact key, which is not rotated",
}


def test_a_hash_of_the_current_key_is_found_and_compared_under_every_key():
    found = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if re.search(r"seal\.mac\((?![^\n]*\bkey=)", file.read_text()) and file.parent.name != "crypto"
    }
    assert found == {*HASHES_OF_THE_CURRENT_KEY, *NEVER_COMPARED}, (
        "find rows by seal.known_macs, check proofs by seal.is_mac"
    )
    for name in HASHES_OF_THE_CURRENT_KEY:
        assert re.search(r"seal\.(known_macs|accepted_macs|is_mac)\(", (SOURCE / name).read_text()), name


async def test_every_sealed_column_is_sealed_anew_or_does_not_need_to_be(database_settings: DatabaseSettings):
    owner = await asyncpg.connect(database_settings.owner_url)
    columns = await owner.fetch(
        """
        select format('app.%s.%s', table_name, column_name) as name from information_schema.columns
        where table_schema = 'app' and column_name ~ 'sealed' and data_type = 'bytea'
        """
    )
    await owner.close()
    assert {column["name"] for column in columns} == set(SEALED_COLUMNS), "seal it anew: provider_accounts.do_reseal"

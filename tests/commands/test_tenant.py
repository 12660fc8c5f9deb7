"""Communities and those who run them, from the command line."""

import asyncio
import re
from pathlib import Path
from uuid import uuid4

import asyncpg

from meydan import tenants
from meydan.kit.database import DatabaseSettings
from tests.commands.conftest import Installation

PASSWORD = "lamp-light-on-stone-42"


async def test_where_the_money_of_texts_went(
    database_settings: DatabaseSettings, tmp_path: Path, tenant: tenants.Tenant
) -> None:
    meydan = Installation(database_settings, tmp_path).meydan
    owner = await asyncpg.connect(database_settings.owner_url)
    text = uuid4()
    for otp_id, cents, is_known in ((text, 5, False), (uuid4(), 5, True), (uuid4(), 5, True), (text, -5, False)):
        await owner.execute(
            "insert into app.sms_spendings (tenant_id, otp_id, day, cents, is_known)"
            " values ($1, $2, (now() at time zone 'UTC')::date, $3, $4)",
            *(tenant.id, otp_id, cents, is_known),
        )
    await owner.close()
    said = (await asyncio.to_thread(meydan, "texts", "--days", "1")).stdout
    [line] = [line for line in said.splitlines() if tenant.slug in line]
    assert line.split(maxsplit=2)[2] == "2 texts        10 cents, 10 of them by known devices"


def test_staff_and_settings_from_the_command_line(database_settings: DatabaseSettings, tmp_path: Path) -> None:
    meydan = Installation(database_settings, tmp_path).meydan
    cafe = f"cafe-{uuid4().hex[:8]}"
    made = meydan(
        *("tenant", "add", cafe, "--name", "Café"),
        *("--owner-username", "ayse", "--owner-birth-date", "1990-01-01", "--owner-password", PASSWORD),
    )
    assert made.returncode == 0, made.stderr
    given = meydan("tenant", "staff", cafe, "ayse", "--role", "admin")
    assert given.returncode == 0, given.stderr
    assert f"ayse is now admin in {cafe}" in given.stdout
    nobody = meydan("tenant", "staff", cafe, "mehmet", "--role", "admin")
    assert nobody.returncode == 1
    assert f"Nobody in {cafe} logs in with mehmet" in nobody.stderr
    banned = meydan("tenant", "ban", cafe, "ayse", "--reason", "spam", "--days", "7")
    assert re.fullmatch(rf"ayse is banned from {cafe} until [0-9-]+ [0-9:]+ UTC\.\n", banned.stdout), banned.stderr
    longer = meydan("tenant", "ban", cafe, "ayse", "--reason", "threat")
    assert longer.stdout == f"ayse is banned from {cafe} for good.\n", longer.stderr
    lifted = meydan("tenant", "lift", cafe, "ayse", "--reason", "a mistake")
    assert lifted.stdout == f"ayse is no longer banned from {cafe}.\n", lifted.stderr
    assert "ayse is not banned" in meydan("tenant", "lift", cafe, "ayse", "--reason", "a mistake").stderr
    for command in ("ban", "lift"):
        nobody = meydan("tenant", command, cafe, "mehmet", "--reason", "spam")
        assert f"Nobody in {cafe} logs in with mehmet" in nobody.stderr
    for typed, words in (("+90 532 000 00 00", "Nobody has proved"), ("12", "contact_invalid")):
        refused = meydan("tenant", "release", cafe, typed, "--reason", "a new owner")
        assert refused.returncode == 1
        assert words in refused.stderr
    set_one = meydan("tenant", "set", cafe, "meeting.matches_per_day", "7")
    assert set_one.returncode == 0, set_one.stderr
    shown = meydan("tenant", "settings", cafe).stdout
    assert re.search(r"^\* meeting.matches_per_day +7$", shown, re.MULTILINE)
    assert re.search(r"^  fraud.review_score +60$", shown, re.MULTILINE)
    for key, value, words in (
        ("meeting.matches_per_day", "many", "cannot be many"),
        ("meeting.nothing", "1", "no setting called meeting.nothing"),
        ("accounts.default_region", "tr", "'tr' is no country"),
        ("accounts.sms_countries", '["TR", "ZZ"]', "'ZZ' is no country"),
        ("accounts.codes_per_number_hour", "0", "cannot be 0"),
    ):
        refused = meydan("tenant", "set", cafe, key, value)
        assert refused.returncode == 1
        assert words in refused.stderr
    host = f"{cafe}.example.org"
    for spelled in (f"{host.upper()}.", host):
        reached = meydan("tenant", "host", cafe, spelled)
        assert reached.stdout == f"{cafe} is reached at {host}.\n", reached.stderr
    assert re.search(rf"^{cafe} +Café +active +1 people +{host}$", meydan("tenant", "list").stdout, re.MULTILINE)
    other = f"other-{cafe}"
    taken = meydan("tenant", "add", other, "--name", "Other", "--host", host)
    assert taken.returncode == 1
    assert "Another community is reached at this host" in taken.stderr
    assert f"{other} " not in meydan("tenant", "list").stdout
    assert "belongs to the installation itself" in meydan("tenant", "host", cafe, "127.0.0.1").stderr
    assert "no longer reached" in meydan("tenant", "host", cafe, host, "--remove").stdout
    assert "is not reached at" in meydan("tenant", "host", cafe, host, "--remove").stderr
    for status in ("suspended", "active"):
        assert meydan("tenant", "status", cafe, status).stdout == f"{cafe} is now {status}.\n"
        assert re.search(rf"^{cafe} +Café +{status} ", meydan("tenant", "list").stdout, re.MULTILINE)
    nowhere = meydan("tenant", "staff", "nowhere", "ayse", "--role", "admin")
    assert nowhere.returncode == 1
    assert "no community called nowhere" in nowhere.stderr


def test_the_day_of_a_community_begins_in_a_time_zone_that_exists(
    database_settings: DatabaseSettings, tmp_path: Path
) -> None:
    meydan = Installation(database_settings, tmp_path).meydan
    zone = f"zone-{uuid4().hex[:8]}"
    for wrong in ("Europe/Stambul", "europe/istanbul", "Foo+3", "localtime", ""):
        refused = meydan("tenant", "add", zone, "--name", "Zone", "--timezone", wrong)
        assert refused.returncode == 1, wrong
        assert "There is no such time zone" in refused.stderr
    assert f"{zone} " not in meydan("tenant", "list").stdout
    assert meydan("tenant", "add", zone, "--name", "Zone", "--timezone", "Asia/Karachi").returncode == 0
    refused = meydan("tenant", "timezone", zone, "Europe/Stambul")
    assert "There is no such time zone" in refused.stderr
    changed = meydan("tenant", "timezone", zone, "Europe/Istanbul")
    assert changed.stdout == f"The day of {zone} begins in Europe/Istanbul now.\n", changed.stderr

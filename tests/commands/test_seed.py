"""The demo: believable, complete, and its people can log in."""

from pathlib import Path

import httpx
import pytest

from meydan.commands.seed.demo_users import DEMO_PASSWORD
from tests.commands.conftest import Up, meydan
from tests.commands.test_backup import assert_the_same, everything

pytestmark = pytest.mark.slow


def test_a_month_of_people_who_can_log_in_and_be_backed_up(data: Path) -> None:
    up = Up(data)
    try:
        seeded = meydan("seed", "--data", str(data), "--people", "120")
        assert seeded.returncode == 0, seeded.stderr
        again = meydan("seed", "--data", str(data))
        assert again.returncode == 1
        assert "people in default already" in again.stderr

        device = {"id": "5f0c8e5e-2a1c-4b5e-9f43-2f6d6d1a3f11", "name": "test"}
        login = {"identifier": "+905550000001", "password": DEMO_PASSWORD, "device": device}
        session = httpx.post(f"{up.url}/api/auth/login", json=login, headers={"X-Meydan": "1"})
        assert session.status_code == 200, session.text
        headers = {"Authorization": f"Bearer {session.json()['access_token']}"}
        history = httpx.get(f"{up.url}/api/match/history", headers=headers).json()["items"]
        assert len(history) > 3
        assert [match["created_at"] for match in history] == sorted((m["created_at"] for m in history), reverse=True)
        assert {match["status"] for match in history} <= {"expired", "cancelled"}
        assert httpx.get(f"{up.url}/api/match/state", headers=headers).json()["match"] is None
        coins = httpx.get(f"{up.url}/api/coins/history", headers=headers).json()["items"]
        assert "earned" in {line["type"] for line in coins}
        assert httpx.get(f"{up.url}/api/users/export", headers=headers).status_code == 200

        doctor = meydan("doctor", "--data", str(data))
        assert doctor.returncode == 0, doctor.stdout
        file = data.parent / "demo.backup"
        assert meydan("backup", str(file), "--data", str(data), "--with-secrets").returncode == 0
    finally:
        up.stop()

    key = (data / "contact.key").read_text().strip()
    restored = meydan("restore", str(file), "--data", str(data.parent / "elsewhere"), MEYDAN_SECRETS_CONTACT_KEY=key)
    assert restored.returncode == 0, restored.stderr
    before, after = everything(data), everything(data.parent / "elsewhere")
    filled = {"users", "profiles", "matches", "conversations", "conversation_members", "message_logs", "encounters"}
    filled |= {"daily_quota", "claims", "blocks", "reports", "referrals", "invite_codes", "notifications"}
    filled |= {"coin_transactions", "gifts_sent"}
    assert {table for table in filled if not before[f"app.{table}"]} == set()
    assert len(before["app.users"]) == 122
    assert_the_same(before, after)


def test_production_gets_no_made_up_people(data: Path) -> None:
    keys = {"MEYDAN_SECRETS_TOKEN_KEY": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"}
    keys["MEYDAN_SECRETS_SEAL_KEY"] = keys["MEYDAN_SECRETS_TOKEN_KEY"][::-1]
    keys["MEYDAN_SECRETS_CONTACT_KEY"] = keys["MEYDAN_SECRETS_TOKEN_KEY"][1:] + "0"
    said = meydan("seed", "--data", str(data), MEYDAN_ENVIRONMENT="production", MEYDAN_MAIL_HOST="smtp", **keys)
    assert said.returncode == 1
    assert "production installation" in said.stderr

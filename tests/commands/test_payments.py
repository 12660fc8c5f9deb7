"""`meydan payments`: an operator connects a provider, sees what is connected, and disconnects it."""

import asyncio
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from meydan import tenants
from meydan.commands.payments import _PROVIDERS
from meydan.integrations.payments.enums import ProviderName
from meydan.kit.database import Database, DatabaseSettings
from meydan.money.payments import provider_accounts
from tests.commands.conftest import PRODUCTION, Installation


class Operator(Installation):
    async def run(self, *arguments: str) -> CompletedProcess[str]:
        return await asyncio.to_thread(self.meydan, "payments", *arguments)

    def write(self, text: str) -> str:
        file = self.folder / "account.toml"
        file.write_text(text)
        return str(file)


@pytest.fixture
def operator(database_settings: DatabaseSettings, tmp_path: Path) -> Operator:
    return Operator(database_settings, tmp_path)


async def test_a_provider_is_connected_listed_and_disconnected(
    operator: Operator, db: Database, tenant: tenants.Tenant
):
    file = operator.write('api_key = "sandbox-one"\nsecret_key = "very-secret"\nemail = "till@meet.example"')
    said = await operator.run("connect", tenant.slug, "iyzico", "--sandbox", "--from", file, "--no-check")
    assert said.returncode == 0, said.stderr
    assert f"/api/payments/webhooks/iyzico/{tenant.slug}" in said.stdout
    assert "very-secret" not in said.stdout + said.stderr
    assert "set http.public_url" in said.stdout
    async with provider_accounts.opened(db, tenant.id, ProviderName.iyzico) as provider:
        assert provider.name is ProviderName.iyzico
    async with db.as_service(tenant.id) as tx:
        assert await provider_accounts.is_sandbox(tx, ProviderName.iyzico)

    operator.environment |= PRODUCTION | {"MEYDAN_HTTP_PUBLIC_URL": "https://meet.example"}
    again = await operator.run("connect", tenant.slug, "iyzico", "--sandbox", "--from", file, "--no-check")
    assert f"https://meet.example/api/payments/webhooks/iyzico/{tenant.slug}" in again.stdout
    assert "http.public_url" not in again.stdout

    listed = await operator.run("list", tenant.slug)
    assert listed.returncode == 0, listed.stderr
    line = next(line for line in listed.stdout.splitlines() if line.startswith("iyzico"))
    assert "connected, sandbox" in line
    assert "very-secret" not in listed.stdout

    gone = await operator.run("disconnect", tenant.slug, "iyzico")
    assert gone.returncode == 0, gone.stderr
    again = await operator.run("disconnect", tenant.slug, "iyzico")
    assert (again.returncode, "provider_not_connected" in again.stderr) == (1, True)


def test_every_provider_can_be_connected_but_our_own_page():
    assert set(_PROVIDERS.choices) == set(ProviderName) - {ProviderName.local}


async def test_what_is_wrong_is_said_and_nothing_is_kept(operator: Operator, db: Database, tenant: tenants.Tenant):
    for text, words in (
        ('api_key = "a"', "secret_key"),
        ('api_key = "a"\nsecret_key = "b"\nemail = "c"\nsekret = "d"', "sekret"),
        ("api_key = ", "not readable TOML"),
    ):
        said = await operator.run("connect", tenant.slug, "iyzico", "--from", operator.write(text), "--no-check")
        assert said.returncode == 1, text
        assert words in said.stderr, text
        assert "Traceback" not in said.stderr
    nobody = await operator.run(
        "connect",
        "nobody-here",
        "iyzico",
        "--no-check",
        "--from",
        operator.write('api_key="a"\nsecret_key="b"\nemail="c@d"'),
    )
    assert (nobody.returncode, "no community called nobody-here" in nobody.stderr) == (1, True)
    asked = await operator.run("connect", tenant.slug, "iyzico")
    assert (asked.returncode, "--from FILE" in asked.stderr) == (1, True)
    async with db.as_service(tenant.id) as tx:
        kept = await tx.one(int, "select count(*)::int from app.provider_accounts where tenant_id = $1")
    assert kept == 0


async def test_a_provider_that_does_not_answer_is_not_connected(
    operator: Operator, db: Database, tenant: tenants.Tenant
):
    file = operator.write('secret_key = "sk_test_abc"\nwebhook_secret = "whsec_abc"\napi_url = "http://127.0.0.1:9"')
    said = await operator.run("connect", tenant.slug, "stripe", "--sandbox", "--from", file)
    assert said.returncode == 1
    assert "did not answer" in said.stderr, said.stderr
    async with db.as_service(tenant.id) as tx:
        kept = await tx.one(int, "select count(*)::int from app.provider_accounts where tenant_id = $1")
    assert kept == 0

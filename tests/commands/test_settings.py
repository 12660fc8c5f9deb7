"""Settings: their sources, their precedence, and the checks of production."""

import stat
from pathlib import Path

import pytest

from meydan.commands.settings import INTRODUCTION
from meydan.config import PREFIX, Settings, load_settings, make_contact_key, make_secrets
from meydan.kit.settings import SettingsError, reference
from tests.commands.conftest import PRODUCTION


def test_the_environment_wins_over_the_file_and_the_file_over_what_was_made(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    made = load_settings(tmp_path, {})
    assert len(made.secrets.token_key) == 64
    assert made.secrets.token_key != made.secrets.seal_key
    (tmp_path / "meydan.toml").write_text(
        "[secrets]\ntoken_key = 'from the file'\n[http]\nport = 8100\ntrusted_proxies = ['10.0.0.1']\n"
    )
    settings = load_settings(tmp_path, {"MEYDAN_HTTP_PORT": "8200"})
    assert settings.secrets.token_key == "from the file"
    assert settings.secrets.seal_key == made.secrets.seal_key
    assert settings.http.port == 8200
    assert settings.http.trusted_proxies == ["10.0.0.1"]
    assert load_settings(tmp_path, {"MEYDAN_HTTP_TRUSTED_PROXIES": "10.0.0.2, 10.0.0.3"}).http.trusted_proxies == [
        "10.0.0.2",
        "10.0.0.3",
    ]


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    for make, name in ((make_secrets, "secrets.toml"), (make_contact_key, "contact.key")):
        make(tmp_path)
        before = (tmp_path / name).read_text()
        make(tmp_path)
        assert (tmp_path / name).read_text() == before
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    key = load_settings(tmp_path, {}).secrets.contact_key
    assert len(key) == 64
    assert key not in (tmp_path / "secrets.toml").read_text(), "which is kept with the backups"


def test_addresses_are_those_of_the_engines_in_the_folder(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    for engine, port in (("postgres", "21000"), ("valkey", "22000")):
        (tmp_path / "engines" / engine).mkdir(parents=True)
        (tmp_path / "engines" / engine / "port").write_text(port)
        (tmp_path / "engines" / engine / "password").write_text("secret")
    settings = load_settings(tmp_path, {})
    assert settings.database.app_url.startswith("postgresql://meydan_app:")
    assert settings.database.app_url.endswith("@127.0.0.1:21000/meydan")
    assert settings.valkey.url == "redis://:secret@127.0.0.1:22000/0"
    elsewhere = load_settings(tmp_path, {"MEYDAN_VALKEY_URL": "redis://elsewhere:6379/0"})
    assert elsewhere.valkey.url == "redis://elsewhere:6379/0"


@pytest.mark.parametrize(
    ("file", "environment", "words"),
    [
        ("[mail]\nprot = 25\n", {}, "mail.prot"),
        ("[mail]\nport = 'x'\n", {}, "mail.port"),
        ("[mail\n", {}, "not readable TOML"),
        ("data = '/elsewhere'\n", {}, "not in the file"),
        ("", {"MEYDAN_HTTP_PORT": "99999"}, "MEYDAN_HTTP_PORT"),
        ("", {"MEYDAN_ENVIRONMENT": "staging"}, "MEYDAN_ENVIRONMENT"),
        ("", {"MEYDAN_CONFIG": "/nowhere/meydan.toml"}, "does not exist"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(
    tmp_path: Path, file: str, environment: dict[str, str], words: str
) -> None:
    (tmp_path / "meydan.toml").write_text(file)
    with pytest.raises(SettingsError, match=words):
        load_settings(tmp_path, environment)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"MEYDAN_SECRETS_TOKEN_KEY": ""}, "token_key.*is missing"),
        ({"MEYDAN_SECRETS_SEAL_KEY": "short"}, "seal_key.*shorter"),
        ({"MEYDAN_SECRETS_SEAL_KEY": "a" * 40}, "seal_key.*not random"),
        ({"MEYDAN_SECRETS_SEAL_KEY": "change-me-0123456789-abcdefghijkl"}, "seal_key.*manual"),
        ({"MEYDAN_SECRETS_SEAL_KEY": PRODUCTION["MEYDAN_SECRETS_TOKEN_KEY"]}, "are the same"),
        ({"MEYDAN_SECRETS_CONTACT_KEY": ""}, "contact_key.*is missing"),
        (
            {"MEYDAN_SECRETS_CONTACT_KEY": PRODUCTION["MEYDAN_SECRETS_SEAL_KEY"]},
            "seal_key and secrets.contact_key are the same",
        ),
        ({"MEYDAN_MAIL_HOST": ""}, "nobody could get a code"),
        ({"MEYDAN_CLOCK_FILE": "/var/clock"}, "clock_file"),
        ({"MEYDAN_HTTP_PUBLIC_URL": "http://meet.example.org"}, "not https"),
    ],
)
def test_production_refuses(tmp_path: Path, change: dict[str, str], words: str) -> None:
    assert load_settings(tmp_path, PRODUCTION).local_twin is False
    with pytest.raises(SettingsError, match=words):
        load_settings(tmp_path, {**PRODUCTION, **change})


@pytest.mark.parametrize(
    ("url", "is_exposed"),
    [
        ("https://meet.example.org", True),
        ("http://meet.example.org", True),
        ("https://192.168.1.7:8000", True),
        ("http://8.8.8.8", True),
        ("http://192.168.1.7:8000", False),
        ("http://devbox.local:8000", False),
        ("http://localhost:8000", False),
        ("", False),
    ],
)
def test_an_address_that_others_can_open_wants_production(tmp_path: Path, url: str, *, is_exposed: bool) -> None:
    """A development installation shows its codes and makes money out of nothing."""
    if is_exposed:
        with pytest.raises(SettingsError, match="set environment to production"):
            load_settings(tmp_path, {"MEYDAN_HTTP_PUBLIC_URL": url})
    else:
        assert load_settings(tmp_path, {"MEYDAN_HTTP_PUBLIC_URL": url}).http.public_url == url


def test_the_reference_page_is_current() -> None:
    page = Path(__file__).resolve().parents[2] / "docs/settings.md"
    assert page.read_text() == f"{INTRODUCTION}\n{reference(Settings, prefix=PREFIX)}", "run: make docs"
    assert "| |" not in page.read_text().replace("|  |", "| x |"), "a setting has no words"

"""`meydan keys`: rotated keys stay as long as something needs them, and the command says what comes next."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from meydan.config import Secrets, load_settings, make_contact_key, make_push_key, make_secrets
from meydan.kit.crypto.keys import key_id
from meydan.kit.settings import SettingsError
from tests.commands.conftest import PRODUCTION, meydan


@pytest.fixture
def made(tmp_path: Path) -> Path:
    make_secrets(tmp_path)
    make_contact_key(tmp_path)
    make_push_key(tmp_path)
    return tmp_path


def secrets_in(data: Path) -> Secrets:
    return load_settings(data, {}).secrets


def test_keys_are_prepared_rotated_and_retired(made: Path) -> None:
    before = secrets_in(made)
    assert "next keys are there" in meydan("keys", "rotate", "--prepare", "--data", str(made)).stdout
    prepared = secrets_in(made)
    assert (prepared.token_key, prepared.seal_key) == (before.token_key, before.seal_key)
    assert prepared.next_seal_key in prepared.keys().seal_keyring
    meydan("keys", "rotate", "--prepare", "--data", str(made))
    assert secrets_in(made) == prepared, "twice is once"
    said = meydan("keys", "rotate", "--data", str(made)).stdout
    rotated = secrets_in(made)
    assert (rotated.token_key, rotated.seal_key) == (prepared.next_token_key, prepared.next_seal_key)
    assert (rotated.next_token_key, rotated.next_seal_key) == ("", "")
    assert (rotated.kept_token_keys, rotated.kept_seal_keys) == ([before.token_key], [before.seal_key])
    assert rotated.first_seal_key == before.seal_key
    assert stat.S_IMODE((made / "secrets.toml").stat().st_mode) == 0o600
    old_token, old_seal = key_id(before.token_key, "token"), key_id(before.seal_key, "seal")
    assert f"meydan keys retire {old_token}" in said
    assert f"Seal key {old_seal} stays" in said
    listed = meydan("keys", "list", "--data", str(made)).stdout
    assert f"seal     {old_seal}  kept_seal_keys" in listed
    assert secrets_in(made).push_key not in (made / "secrets.toml").read_text(), "which has a file of its own"
    assert "push_key" in listed
    assert not any(key in listed + said for _, key in rotated.named()), "ids only"
    assert "is dropped" in meydan("keys", "retire", old_token, "--data", str(made)).stdout
    assert "is retired" in meydan("keys", "retire", old_seal, "--data", str(made)).stdout
    retired = secrets_in(made)
    assert retired.kept_token_keys == []
    assert (retired.kept_seal_keys, retired.retired_seal_keys) == ([], [before.seal_key])
    for known_as in (old_seal, key_id(retired.seal_key, "seal"), "00000000"):
        refused = meydan("keys", "retire", known_as, "--data", str(made))
        assert refused.returncode == 1
        assert "No kept key" in refused.stderr
    assert secrets_in(made) == retired


def test_leaked_keys_are_trusted_no_more_and_still_find_what_is_stored(made: Path) -> None:
    meydan("keys", "rotate", "--prepare", "--data", str(made))
    before = secrets_in(made)
    assert "everybody logs in again" in meydan("keys", "rotate", "--leaked", "--data", str(made)).stdout
    after = secrets_in(made)
    assert after.keys().token_keyring == (after.token_key,)
    assert after.keys().seal_keyring == (after.seal_key,)
    assert after.seal_key not in (before.seal_key, before.next_seal_key)
    assert before.seal_key in after.keys().every_seal_key
    assert after.contact_key == before.contact_key
    refused = meydan("keys", "rotate", "--leaked", "--prepare", "--data", str(made))
    assert refused.returncode == 1


def test_two_rotations_at_once_lose_no_key(made: Path) -> None:
    first = secrets_in(made)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: meydan("keys", "rotate", "--data", str(made)), range(3)))
    assert [one.returncode for one in done] == [0, 0, 0]
    after = secrets_in(made)
    said = "\n".join(one.stdout for one in done)
    assert len(set(after.kept_seal_keys)) == 3
    assert after.kept_seal_keys[-1] == first.seal_key
    for key in (after.seal_key, *after.kept_seal_keys[:-1]):
        assert f"seal key {key_id(key, 'seal')}" in said


def test_secrets_that_are_set_elsewhere_are_left_to_their_operator(made: Path, tmp_path: Path) -> None:
    own = {name: value for name, value in PRODUCTION.items() if "SECRETS" in name}
    before = (made / "secrets.toml").read_text()
    refused = meydan("keys", "rotate", "--data", str(made), **own)
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
    assert (made / "secrets.toml").read_text() == before
    assert f'kept_seal_keys = ["{own["MEYDAN_SECRETS_SEAL_KEY"]}"]' in refused.stdout
    assert own["MEYDAN_SECRETS_CONTACT_KEY"] not in refused.stdout
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "meydan.toml").write_text(f"[secrets]\n{refused.stdout}")
    assert load_settings(elsewhere, {}).secrets.kept_token_keys == [own["MEYDAN_SECRETS_TOKEN_KEY"]]
    nothing = meydan("keys", "rotate", "--data", str(tmp_path / "nowhere"))
    assert nothing.returncode == 1
    assert "no installation" in nothing.stderr


def test_earlier_seal_keys_need_the_first_and_production_wants_each_strong(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"first_seal_key.*missing"):
        load_settings(tmp_path, {"MEYDAN_SECRETS_KEPT_SEAL_KEYS": "a" * 32})
    kept = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b4"
    more = {"MEYDAN_SECRETS_KEPT_SEAL_KEYS": kept, "MEYDAN_SECRETS_FIRST_SEAL_KEY": kept}
    assert load_settings(tmp_path, PRODUCTION | more).secrets.kept_seal_keys == [kept]
    for changed, words in (
        ({"MEYDAN_SECRETS_KEPT_TOKEN_KEYS": kept}, "are the same"),
        ({"MEYDAN_SECRETS_NEXT_TOKEN_KEY": "a" * 32}, "not random"),
    ):
        with pytest.raises(SettingsError, match=words):
            load_settings(tmp_path, PRODUCTION | more | changed)

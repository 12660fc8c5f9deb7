"""Files of state are whole: the old content or the new one, and an empty one is none."""

from pathlib import Path

import pytest

from meydan.config import is_own_engine, last_running, load_settings, make_secrets, note_running
from meydan.kit.files import remembered_port, write_whole


def test_a_write_that_fails_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path, monkeypatch):
    file = tmp_path / "running.json"
    write_whole(file, b"old")
    monkeypatch.setattr("os.fsync", _full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


def _full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_an_empty_port_or_note_is_as_none(tmp_path: Path):
    make_secrets(tmp_path)
    note_running(tmp_path, {"MEYDAN_HTTP_PORT": "8003", "HOME": "/"})
    assert last_running(tmp_path) == {"MEYDAN_HTTP_PORT": "8003"}
    (tmp_path / "running.json").write_bytes(b"")
    assert last_running(tmp_path) == {}
    port = tmp_path / "engines/postgres/port"
    port.parent.mkdir(parents=True)
    port.write_text("")
    assert remembered_port(port) is None
    assert load_settings(tmp_path, {}).database.owner_url == ""
    assert not is_own_engine(tmp_path, "postgres", "postgresql://meydan_owner:x@127.0.0.1:/meydan")
    port.write_text("20007")
    assert ":20007/" in load_settings(tmp_path, {}).database.owner_url

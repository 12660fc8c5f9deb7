"""Communities and those who run them, from the command line."""

from pathlib import Path

from tests.commands.conftest import Up, meydan

PASSWORD = "lamp-light-on-stone-42"


def test_somebody_becomes_staff(data: Path) -> None:
    up = Up(data)
    try:
        made = meydan(
            *("tenant", "add", "cafe", "--name", "Café", "--data", str(data)),
            *("--owner-username", "ayse", "--owner-birth-date", "1990-01-01", "--owner-password", PASSWORD),
        )
        assert made.returncode == 0, made.stderr
        given = meydan("tenant", "staff", "cafe", "ayse", "--role", "admin", "--data", str(data))
        assert given.returncode == 0, given.stderr
        assert "ayse is now admin in cafe" in given.stdout
        nobody = meydan("tenant", "staff", "cafe", "mehmet", "--role", "admin", "--data", str(data))
        assert nobody.returncode == 1
        assert "Nobody in cafe logs in with mehmet" in nobody.stderr
        nowhere = meydan("tenant", "staff", "nowhere", "ayse", "--role", "admin", "--data", str(data))
        assert nowhere.returncode == 1
        assert "no community called nowhere" in nowhere.stderr
    finally:
        up.stop()

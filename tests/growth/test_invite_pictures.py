"""What messengers show beside an invitation: the community's, in a language, and nothing of who invites."""

import asyncio
import io
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from PIL import Image, ImageChops

from meydan import growth, tenants, web_client
from meydan.growth import invite_drawing, invite_pictures
from meydan.growth.invite_drawing import drawable
from meydan.kit.bounded_threads import BoundedThreads, TooBusy
from meydan.kit.database import Database
from meydan.tenants import Language
from tests.conftest import open_client
from tests.factories import make_person


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "index.html").write_text("<html><head><title>Meydan</title></head><body></body></html>")
    monkeypatch.setattr(web_client, "STATIC", tmp_path)
    web_client.pages.cache_clear()
    yield
    web_client.pages.cache_clear()


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and (name := values.get("property") or values.get("name")):
            self.found[name] = values.get("content") or ""


async def preview(client: httpx.AsyncClient, code: str, language: str = "") -> dict[str, str]:
    answer = await client.get(f"/join?invite={code}", headers={"Accept-Language": language} if language else {})
    assert answer.status_code == 200
    return _Tags(answer.text).found


@pytest.fixture
async def community(db: Database, app: Litestar) -> tenants.Tenant:
    async with db.as_service(0) as tx:
        return await tenants.do_add(tx, f"t-{id(object())}", '"><script>İğdır & Şile</script>')


async def test_a_link_tells_of_the_community_and_nothing_of_who_invites(
    app: Litestar, db: Database, community: tenants.Tenant
):
    ana = await make_person(db, community, alias="Anahtar")
    async with ana.client(app) as client:
        code = (await client.get("/api/growth/invite")).json()["code"]
    async with open_client(app, community) as client:
        tags = await preview(client, code)
        assert tags["og:title"] == f"Davetlisin: {community.name}"
        assert tags["og:description"] == "Bir yabancı, bir sohbet, bir gün."
        assert await preview(client, "NOSUCHCODE") == tags
        told = " ".join(tags.values())
        assert code not in told and ana.alias not in told and "og:url" not in tags

        english = await preview(client, code, "de, en-GB;q=0.8, tr;q=0.4")
        assert english["og:title"] == f"You are invited: {community.name}"
        assert await preview(client, code, "de") == tags  # the community's own language

        page = (await client.get(f"/join?invite={code}")).text
        assert "<script>" not in page
        for path in ("/join", "/login?invite=x"):
            assert "og:" not in (await client.get(path)).text


async def test_its_picture_is_kept_for_good_until_the_name_changes(
    app: Litestar, db: Database, community: tenants.Tenant
):
    async with open_client(app, community) as client:
        address = (await preview(client, "ANY"))["og:image"]
        assert address.startswith("http://127.0.0.1:8000/")
        answer = await client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert struct.unpack(">II", answer.content[16:24]) == (1200, 630)
        assert "immutable" in answer.headers["cache-control"]
        again = await client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        english = await client.get(address.replace("/tr/", "/en/"))
        assert english.headers["etag"] != answer.headers["etag"]
        earlier = await client.get(re.sub(r"\w+\.png", "0123456789abcdef.png", address))
        assert (earlier.content, earlier.headers["cache-control"]) == (answer.content, "no-cache")
        assert (await client.get(address.replace("/tr/", "/de/"))).status_code in {400, 404}


async def test_strangers_cause_one_drawing_at_a_time_and_each_once(
    tenant: tenants.Tenant, monkeypatch: pytest.MonkeyPatch
):
    drawings: list[Language] = []

    def draw(_name: str, language: Language) -> bytes:
        drawings.append(language)
        return language.encode()

    monkeypatch.setattr(invite_drawing, "draw", draw)
    monkeypatch.setattr(invite_pictures, "_kept", {})
    asked = [invite_pictures.picture(tenant, language, f"198.51.100.{n}") for n in range(9) for language in Language]
    assert set(await asyncio.gather(*asked)) == {b"tr", b"en"}
    assert sorted(drawings) == ["en", "tr"]

    monkeypatch.setattr(invite_pictures, "_kept", {})
    monkeypatch.setattr(invite_pictures, "_MOST_KEPT", 1)
    for language in [*Language, *Language]:
        await invite_pictures.picture(tenant, language, "198.51.100.1")
        assert len(invite_pictures._kept) == 1
    monkeypatch.setattr(invite_pictures, "_threads", BoundedThreads("none", 1, 0))
    with pytest.raises(TooBusy):
        await invite_pictures.picture(tenant, Language.turkish, "198.51.100.1")


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("  Kadıköy  Akşamları ", "Kadıköy Akşamları"),
        ("☕ Kahve 🌙 Evi 👩‍👩‍👧", "Kahve Evi"),
        ("I\u0307zmir", "İzmir"),  # two characters that are one letter
        ("ميدان", ""),
        ("Meydan ميدان", ""),  # half a name would be another one
        ("Площадь", ""),
        ("Ĉambro", ""),
        ("\u202eMeydan\u2066", "Meydan"),  # turns the direction of text around
        ("🌙🌙", ""),
    ],
)
def test_only_letters_that_the_fonts_have_are_drawn(name: str, drawn: str):
    assert drawable(name) == drawn


def test_every_turkish_letter_has_a_form_of_its_own():
    letters = "gğiışsçcöoüuİIĞGŞS"
    for family in ("bricolage-grotesque", "figtree"):
        fonts = invite_drawing._fonts(family, 500, 40)
        forms = {
            (bytes(font.getmask(text)), font.getbbox(text))
            for letter in letters
            for text, font in invite_drawing._runs(letter, fonts)
        }
        assert len(forms) == len(letters)
    words = "".join((*invite_drawing.INVITED.values(), *invite_drawing.ABOUT.values()))
    assert drawable(words) == words


def test_a_name_of_any_length_stays_inside_the_picture():
    bare = drawn("")
    for name in ("W" * 80, "Ş" * 80, "Ağır adımlarla yürüyen insanların buluştuğu o eski meydanın akşamları burada"):
        picture = drawn(name)
        assert picture.size == (1200, 630)
        changed = ImageChops.difference(picture, bare).getbbox()
        assert changed
        left, top, right, bottom = changed
        assert left >= 60 and top >= 40 and right <= 1140 and bottom <= 500


def drawn(name: str) -> Image.Image:
    return Image.open(io.BytesIO(invite_drawing.draw(name, Language.turkish)))


def test_a_process_that_draws_nothing_does_not_load_what_draws():
    loaded = subprocess.run(
        [sys.executable, "-c", "import meydan.growth, sys; print('PIL' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "False"


def test_versions_differ_by_name_and_language(tenant: tenants.Tenant):
    versions = [invite_pictures.version_of(tenant, language) for language in Language]
    assert all(one != other for one, other in pairwise(versions))
    assert growth.preview_tags(tenant, Language.english, "http://here/").count("http://here/api/") == 1

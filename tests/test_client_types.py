"""The client is made from what this server says of itself: its documents of requests and frames, its digits of currencies."""

import json
import runpy
from pathlib import Path

from meydan.app import create_app
from meydan.config import Settings
from meydan.integrations.payments.money import EXCEPTIONS
from meydan.notifications.inbox import Code

WEB = Path(__file__).parents[1] / "web"
DOCUMENT = WEB / "openapi.json"


def test_the_clients_document_is_the_servers(tmp_path: Path):
    says = json.loads(json.dumps(create_app(Settings(data=tmp_path)).openapi_schema.to_schema()))
    knows = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for part in ("paths", "components"):
        assert knows[part] == says[part], "run `python web/scripts/openapi.py`, then `npm run api` in web/"


def test_the_clients_frames_are_those_of_the_asyncapi_document():
    says = runpy.run_path(str(WEB / "scripts/openapi.py"))["frames"]()
    assert json.loads((WEB / "frames.json").read_text(encoding="utf-8")) == says, (
        "run `python web/scripts/openapi.py`, then `npm run api` in web/"
    )


def test_the_clients_digits_of_currencies_are_the_servers():
    knows = json.loads((WEB / "src/kit/ui/currency-digits.json").read_text(encoding="utf-8"))
    assert knows == EXCEPTIONS, "run `python web/scripts/openapi.py`"


def test_every_notification_has_words_in_the_client():
    told = "".join(file.read_text(encoding="utf-8") for file in WEB.glob("src/features/*/news.ts"))
    walked = (WEB / "src/app/news.test.ts").read_text(encoding="utf-8")
    for code in Code:
        assert f"'{code}'" in told, f"{code} has no words in the news.ts of its room"
        assert f"'{code}'" in walked, f"{code} is missing in news.test.ts, which reads the words in both languages"

"""The protocol's documents say what the code says."""

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def asyncapi() -> ModuleType:
    spec = importlib.util.spec_from_file_location("asyncapi", ROOT / "scripts" / "asyncapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_frame_is_in_the_asyncapi_document(asyncapi):
    assert asyncapi.FILE.read_text() == asyncapi.text(), "run `make docs`"


def test_every_reference_in_it_leads_somewhere(asyncapi):
    document = asyncapi.document()

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if "$ref" in part else []
            return own + [found for value in part.values() for found in references(value)]
        if isinstance(part, list):
            return [found for value in part for found in references(value)]
        return []

    found = references(document)
    assert len(found) > 20
    for reference in found:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_no_two_frames_of_a_direction_share_a_name(asyncapi):
    by_side = asyncapi.frames()
    for direction in (by_side["client"], by_side["gateway"] + by_side["rooms"]):
        names = Counter(frame.__struct_config__.tag for frame in direction)
        assert [name for name, times in names.items() if times > 1] == []


def test_every_frame_is_in_the_guide(asyncapi):
    guide = (ROOT / "docs" / "realtime.md").read_text()
    for those in asyncapi.frames().values():
        for frame in those:
            assert f"`{frame.__struct_config__.tag}`" in guide

"""The runtime: parts come, take each other's place, and go again."""

import ast
from pathlib import Path

import pytest
from msgspec import Struct

import meydan
from meydan.kit.runtime import PartMissingError, Runtime


class Lamp(Struct, frozen=True):
    watts: int


class Stove(Struct, frozen=True):
    watts: int


def test_a_part_is_there_for_its_block():
    runtime = Runtime()
    with runtime.using(Lamp(40), Stove(2_000)):
        assert (runtime.get(Lamp).watts, runtime.get(Stove).watts) == (40, 2_000)
    assert runtime.find(Lamp) is None
    assert runtime.find(Stove) is None


def test_a_part_that_is_missing_is_named():
    with pytest.raises(PartMissingError, match=r"without .*\.Lamp"):
        Runtime().get(Lamp)


def test_a_part_inside_takes_the_place_of_the_one_around():
    runtime = Runtime()
    with runtime.using(Lamp(40), Stove(2_000)):
        with pytest.raises(ZeroDivisionError), runtime.using(Lamp(60)):
            assert (runtime.get(Lamp).watts, runtime.get(Stove).watts) == (60, 2_000)
            raise ZeroDivisionError
        assert runtime.get(Lamp).watts == 40


def test_an_outer_part_may_end_first():
    runtime = Runtime()
    outer, inner = runtime.using(Lamp(40)), runtime.using(Stove(2_000))
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    assert runtime.get(Stove).watts == 2_000
    inner.__exit__(None, None, None)
    assert runtime.find(Stove) is None


def test_no_other_process_global_is_assigned():
    source = Path(meydan.__file__).parent
    for file in sorted(source.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            assert not isinstance(node, ast.Global), (
                f"{file.relative_to(source)}:{node.lineno} belongs into the runtime"
            )

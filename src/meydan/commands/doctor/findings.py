"""Findings of the doctor: a level, and words that say what to do."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    good = "good"
    warning = "warning"
    bad = "bad"


class Finding(Struct, frozen=True):
    level: Level
    words: str


def good(words: str) -> Finding:
    return Finding(Level.good, words)


def warning(words: str) -> Finding:
    return Finding(Level.warning, words)


def bad(words: str) -> Finding:
    return Finding(Level.bad, words)

"""Enums of legal."""

from enum import StrEnum


class LegalKind(StrEnum):
    terms = "terms"
    privacy = "privacy"

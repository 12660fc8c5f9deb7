"""Legal: terms of use and privacy notice of a community, their versions, and who accepted which."""

from meydan.legal import (
    acceptances,  # noqa: F401 -- importing the room registers its listener
    personal_data,  # noqa: F401 -- importing the room registers its personal data
)
from meydan.legal.enums import LegalKind
from meydan.legal.settings import LegalSettings
from meydan.legal.texts import LegalText, LegalTextChanged

__all__ = ["LegalKind", "LegalSettings", "LegalText", "LegalTextChanged"]

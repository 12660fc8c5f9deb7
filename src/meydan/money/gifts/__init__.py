"""Gifts: one face gives another a gift, paid with coins."""

from meydan.money.gifts import personal_data  # noqa: F401 -- importing the room registers what it keeps of a person
from meydan.money.gifts.events import GiftGiven
from meydan.money.gifts.settings import GiftsSettings

__all__ = ["GiftGiven", "GiftsSettings"]

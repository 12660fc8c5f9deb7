"""Scenes: the picture of its square that a community chooses among its settings."""

from enum import StrEnum

from meydan.tenants.configs import RoomSettings


class Scene(StrEnum):
    """Pictures of a square that the client draws, each by day, at dusk and at night."""

    old_town = "old_town"
    harbour = "harbour"
    hills = "hills"
    skyline = "skyline"
    sky = "sky"
    domes = "domes"


class TenantsSettings(RoomSettings, frozen=True):
    room = "tenants"

    scene: Scene = Scene.old_town
    """Picture of the community's square: old_town, harbour, hills, skyline, sky or domes."""

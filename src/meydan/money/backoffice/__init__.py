"""Money as those who run a community see it and act on it: over HTTP, each look and each act after asking who they are."""

from meydan.money.backoffice import personal_data  # noqa: F401 -- importing the room registers what it keeps of a person

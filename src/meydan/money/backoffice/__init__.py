"""Back office: money as staff see it and act on it over HTTP, behind a check of their role."""

from meydan.money.backoffice import personal_data  # noqa: F401 -- importing the room registers its personal data

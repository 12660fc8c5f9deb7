"""Our ids in providers' fields, which hold other words as well."""

from uuid import UUID


def uuid_of(text: str | None) -> UUID | None:
    """None where the text is empty, or another's id under our name."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

"""Expected errors of requests: RFC 9457 problem details with a stable ``code``."""

from datetime import datetime
from typing import Any
from uuid import UUID


class Refused(Exception):
    """Base of every expected refusal. Subclasses stand beside the code that raises them.

    Keyword arguments become members of the problem document, next to ``code``.
    """

    code, status, title = "refused", 400, "The request was refused."

    def __init__(self, **extra: str | float | bool | datetime | UUID | list[Any] | dict[str, Any] | None) -> None:
        super().__init__(self.code)
        self.extra = extra


class NotFound(Refused):
    """The thing does not exist, or the caller may not see it. The two look the same on purpose."""

    code, status, title = "not_found", 404, "There is nothing here that you can see."


class NotLoggedIn(Refused):
    code, status, title = "not_logged_in", 401, "You need to log in first."

"""`meydan tenant`: tenants (communities) from the command line."""

from meydan.commands.tenant import communities, members, settings  # noqa: F401 -- importing adds their commands
from meydan.commands.tenant.group import tenant

__all__ = ["tenant"]

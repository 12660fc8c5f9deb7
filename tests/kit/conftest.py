"""Stories of the kit have a Valkey of their own when they want one."""

from tests.own_valkey import own_valkey

__all__ = ["own_valkey"]

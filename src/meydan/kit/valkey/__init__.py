"""Valkey: a client over RESP3, and the process's one connection."""

from meydan.kit.valkey.client import Part, Reply, ReplyError, Valkey, ValkeyDown
from meydan.kit.valkey.connection import LIBRARY, current, opened

__all__ = ["LIBRARY", "Part", "Reply", "ReplyError", "Valkey", "ValkeyDown", "current", "opened"]

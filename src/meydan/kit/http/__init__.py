"""Shared parts of all routes: problem documents, idempotency keys, the host and the client's address.

``fast_path`` stands in front of the framework, for a few routes whose cost is measured.
"""

from meydan.kit.http.headers import before_send
from meydan.kit.http.problems import EXCEPTION_HANDLERS, PROBLEM, Unavailable, problem
from meydan.kit.http.requests import (
    AnyRequest,
    HostMalformed,
    IdempotencyKey,
    IdempotencyKeyMissing,
    check_host,
    client_ip_address,
    name_time,
    scoped_idempotency_key,
)

__all__ = [
    "EXCEPTION_HANDLERS",
    "PROBLEM",
    "AnyRequest",
    "HostMalformed",
    "IdempotencyKey",
    "IdempotencyKeyMissing",
    "Unavailable",
    "before_send",
    "check_host",
    "client_ip_address",
    "name_time",
    "problem",
    "scoped_idempotency_key",
]

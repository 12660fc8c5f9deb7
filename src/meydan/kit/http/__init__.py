"""Shared parts of all routes: problem documents, idempotency keys, the host, the sender and the client's address.

``fast_path`` stands in front of the framework, for a few routes whose cost is measured.
"""

from meydan.kit.http.headers import before_send
from meydan.kit.http.languages import accepted_language
from meydan.kit.http.problems import EXCEPTION_HANDLERS, PROBLEM, Unavailable, problem
from meydan.kit.http.reads import READS_FREELY, ReadLimit
from meydan.kit.http.requests import (
    AnyRequest,
    HostMalformed,
    IdempotencyKey,
    IdempotencyKeyMissing,
    client_ip_address,
    name_time,
    scoped_idempotency_key,
)
from meydan.kit.http.senders import PROVED_BY, HeaderMissing, JsonWanted, check_request

__all__ = [
    "EXCEPTION_HANDLERS",
    "PROBLEM",
    "PROVED_BY",
    "READS_FREELY",
    "AnyRequest",
    "HeaderMissing",
    "HostMalformed",
    "IdempotencyKey",
    "IdempotencyKeyMissing",
    "JsonWanted",
    "ReadLimit",
    "Unavailable",
    "accepted_language",
    "before_send",
    "check_request",
    "client_ip_address",
    "name_time",
    "problem",
    "scoped_idempotency_key",
]

"""Problem documents (RFC 9457): every error of a route as a response with a stable ``code``."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from meydan.kit.errors import Refused
from meydan.kit.http.requests import AnyRequest

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
_CODES = {
    400: "invalid_request",
    401: "not_logged_in",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}


class Unavailable(Refused):
    code, status, title = "unavailable", 503, "The server cannot answer at the moment. Please try again shortly."


def problem(
    status: int, code: str, title: str, extra: Mapping[str, Any] | None = None, headers: dict[str, str] | None = None
) -> Response[bytes]:
    body = {"type": f"urn:meydan:problem:{code}", "title": title, "status": status, "code": code, **(extra or {})}
    return Response(msgspec.json.encode(body), status_code=status, media_type=PROBLEM, headers=headers)


def _refused(_: AnyRequest, refusal: Refused) -> Response[bytes]:
    extra = {name: value for name, value in refusal.extra.items() if value is not None}
    headers = {"Retry-After": str(refusal.extra["retry_after"])} if "retry_after" in refusal.extra else None
    return problem(refusal.status, refusal.code, refusal.title, extra, headers)


def _invalid(_: AnyRequest, error: ValidationException) -> Response[bytes]:
    fields = [
        {"field": item.get("key", ""), "message": item.get("message", "")}
        for item in (error.extra if isinstance(error.extra, list) else [])
    ]
    return problem(
        400, "invalid_request", "Some of what was sent is missing or has the wrong form.", {"fields": fields}
    )


def _http(_: AnyRequest, error: HTTPException) -> Response[bytes]:
    code = _CODES.get(error.status_code, HTTPStatus(error.status_code).phrase.lower().replace(" ", "_"))
    return problem(error.status_code, code, error.detail or HTTPStatus(error.status_code).phrase)


def _bad_value(_: AnyRequest, error: asyncpg.DataError | asyncpg.InterfaceError) -> Response[bytes]:
    # A text with a NUL, a number beyond its column: the database is the last check of a client's values.
    if isinstance(error, asyncpg.InterfaceError) and not isinstance(error, asyncpg.DataError | ValueError):
        return _unavailable(_, error)
    return problem(400, "invalid_value", "A value cannot be kept as it was sent.")


def _too_deep(_: AnyRequest, _error: RecursionError) -> Response[bytes]:
    # Only a body with brackets in brackets recurses this deep.
    return problem(400, "invalid_request", "What was sent is nested too deeply.")


def _unavailable(request: AnyRequest, error: Exception) -> Response[bytes]:
    log.warning("%s %s: %r", request.method, request.scope["path"], error)
    return problem(Unavailable.status, Unavailable.code, Unavailable.title, headers={"Retry-After": "2"})


def _internal(request: AnyRequest, error: Exception) -> Response[bytes]:
    log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return problem(500, "internal_error", "Something went wrong on the server. Nothing was changed.")


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Refused: _refused,
    ValidationException: _invalid,
    RecursionError: _too_deep,
    HTTPException: _http,
    asyncpg.DataError: _bad_value,
    asyncpg.InterfaceError: _bad_value,
    asyncpg.PostgresConnectionError: _unavailable,
    asyncpg.InternalClientError: _unavailable,  # a connection that ended between two statements
    asyncpg.OperatorInterventionError: _unavailable,
    asyncpg.InsufficientResourcesError: _unavailable,  # disk full, no connection left, out of memory
    asyncpg.DeadlockDetectedError: _unavailable,
    ConnectionError: _unavailable,
    TimeoutError: _unavailable,
    Exception: _internal,
}

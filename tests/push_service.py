"""A push service on this machine, and the browsers that subscribe there: RFC 8030, with VAPID (8292) and encryption (8291).

It verifies and decrypts with code of its own, so that it is a second opinion of what the product sends.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from meydan.kit import clock

LARGEST = 4096
_DAY = 86_400
_URL_SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


@dataclass
class Browser:
    """A subscription: the keys stay in the browser, the service knows the endpoint and who may send there."""

    endpoint: str
    let_in: str
    """The VAPID key that it subscribed for."""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, str]:
        """The body in which the page hands it on."""
        return {"endpoint": self.endpoint, "p256dh": encoded(self.point), "auth": encoded(self.auth)}

    def read(self, body: bytes) -> bytes:
        """Decrypts a message as RFC 8291 says, by HMAC alone."""
        salt, size, sender = body[:16], int.from_bytes(body[16:20]), body[21 : 21 + body[20]]
        assert size >= len(body[21 + body[20] :]), "one record"
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _expand(_extract(self.auth, shared), b"WebPush: info\0" + self.point + sender, 32)
        random = _extract(salt, secret)
        key, nonce = (
            _expand(random, b"Content-Encoding: aes128gcm\0", 16),
            _expand(random, b"Content-Encoding: nonce\0", 12),
        )
        plain = AESGCM(key).decrypt(nonce, body[21 + body[20] :], None).rstrip(b"\0")
        assert plain.endswith(b"\2"), "the last record"
        return plain[:-1]


def _extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.new(salt, secret, hashlib.sha256).digest()


def _expand(secret: bytes, info: bytes, length: int) -> bytes:
    return hmac.new(secret, info + b"\1", hashlib.sha256).digest()[:length]


@dataclass(frozen=True)
class Received:
    browser: Browser
    headers: dict[str, str]
    body: bytes

    @property
    def plain(self) -> bytes:
        return self.browser.read(self.body)

    @property
    def shown(self) -> dict[str, Any]:
        """The message, as the service worker reads it."""
        shown: dict[str, Any] = json.loads(self.plain)
        return shown


class PushService:
    """``instead`` holds answers that it gives instead of taking the next messages. ``now`` is the clock of the product."""

    def __init__(self, now: Callable[[], datetime] = clock.now) -> None:
        self.now = now
        self.received: list[Received] = []
        self.refused: list[str] = []
        self.instead: deque[tuple[int, dict[str, str]]] = deque()
        self._browsers: dict[str, Browser] = {}
        self._ended: set[str] = set()
        handler = type("Handler", (_Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def serving(self) -> Iterator["PushService"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def subscribe(self, let_in: str) -> Browser:
        path = f"/push/{uuid4().hex}"
        browser = self._browsers[path] = Browser(f"{self.url}{path}", let_in)
        return browser

    def end(self, browser: Browser) -> None:
        """As when a person takes the permission back."""
        self._ended.add(browser.endpoint.removeprefix(self.url))

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        """The status and headers of the answer to a message."""
        if self.instead:
            return self.instead.popleft()
        if path in self._ended:
            return 410, {}
        if path not in self._browsers:
            return 404, {}
        browser = self._browsers[path]
        if why := _fault(browser, self.url, headers, body, self.now()):
            self.refused.append(why)
            return (401 if why == "vapid" else 413 if why == "size" else 400), {}
        self.received.append(Received(browser, headers, body))
        return 201, {"Location": f"{self.url}/message/{uuid4().hex}"}


def _fault(browser: Browser, origin: str, headers: dict[str, str], body: bytes, now: datetime) -> str:
    topic = headers.get("topic", "")
    if not is_let_in(headers.get("authorization", ""), browser.let_in, origin, now):
        return "vapid"
    if len(body) > LARGEST:
        return "size"
    if not headers.get("ttl", "").isdecimal():
        return "ttl"
    if headers.get("urgency") not in (None, "very-low", "low", "normal", "high"):
        return "urgency"
    if len(topic) > 32 or not set(topic) <= _URL_SAFE:
        return "topic"
    return "" if headers.get("content-encoding") == "aes128gcm" else "encoding"


def is_let_in(header: str, key: str, origin: str, now: datetime) -> bool:
    """Verifies ``vapid t=…, k=…``: signed by the key that the browser let in, for this origin, for at most a day."""
    scheme, _, rest = header.partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme != "vapid" or given.get("k") != key or given.get("t", "").count(".") != 2:
        return False
    signed, _, signature = given["t"].rpartition(".")
    head, claims = (json.loads(decoded(part)) for part in signed.split("."))
    raw = decoded(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    der = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    try:
        public.verify(der, signed.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    lasts = claims["exp"] - now.timestamp()
    return bool(
        head["alg"] == "ES256"
        and claims["aud"] == origin
        and 0 < lasts <= _DAY
        and claims["sub"].startswith(("mailto:", "https:"))
    )


class _Handler(BaseHTTPRequestHandler):
    service: ClassVar[PushService]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, answered = self.service.take(self.path, headers, body)
        self.send_response(status)
        for name, value in {**answered, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass

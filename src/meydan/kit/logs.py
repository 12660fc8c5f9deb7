"""Logging of all processes."""

import logging


def begin(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # httpx logs the URL of every request, and URLs at payment providers name purchases.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # fido2 logs the id of every passkey.
    logging.getLogger("fido2").setLevel(logging.WARNING)

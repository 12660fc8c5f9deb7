"""How the processes write down what happens."""

import logging


def begin(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # It writes the address of every request, and addresses at payment providers name purchases.
    logging.getLogger("httpx").setLevel(logging.WARNING)

"""A payment provider of ours that behaves like a real one, so that coins are sold where nobody has an account anywhere.

It is somebody else as far as the product can tell: its own books (SQLite in the data folder), its own HTTP API with keys, a
page where a card is typed, redirects and signed webhooks. ``desk`` is what it does, ``adapter`` how commerce speaks to it,
``/pay/local`` what its owner sees. Never in production.
"""

from meydan.integrations.payments.local.adapter import LocalAccount, LocalProvider

__all__ = ["LocalAccount", "LocalProvider"]

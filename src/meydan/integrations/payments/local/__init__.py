"""A local payment provider that behaves like a real one. Coins are sold with it where nobody has an account anywhere.

It is another company as far as the product can tell. It has its own store (SQLite in the data folder) and its own HTTP API
with keys. It has a page where a card is typed, redirects and signed webhooks. Never in production.

``adapter`` is the product's side of it. ``api`` and ``pages`` are what it serves, ``books`` is its business.
"""

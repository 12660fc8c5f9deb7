"""A local payment provider that behaves like a real one, so that coins are sold where nobody has an account anywhere.

It is another company as far as the product can tell. It has its own store (SQLite in the data folder), its own HTTP API
with keys, a page where a card is typed, redirects and signed webhooks. ``operations`` is its business, ``adapter`` the product's side of
it, ``/pay/local`` its owner's pages. Never in production.
"""

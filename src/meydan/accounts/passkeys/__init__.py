"""Passkeys (WebAuthn): a user's own, made at one of the community's hosts, and the login by one of them."""

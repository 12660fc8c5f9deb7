"""Second factor: an authenticator's codes (TOTP), recovery codes, and log ins that wait for one of them."""

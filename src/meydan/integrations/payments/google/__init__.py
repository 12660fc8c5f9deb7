"""Google Play behind the contract of payment providers."""

"""Stripe behind the contract of payment providers."""

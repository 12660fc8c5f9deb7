"""Iyzico behind the contract of payment providers."""

"""iyzico behind the contract of payment providers."""

"""RevenueCat behind the contract of payment providers."""

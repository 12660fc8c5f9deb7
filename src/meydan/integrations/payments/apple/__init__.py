"""Apple's App Store behind the contract of payment providers."""

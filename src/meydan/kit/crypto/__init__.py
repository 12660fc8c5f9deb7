"""Keys of the installation, secrets sealed with them, and signed access tokens."""

"""Sign-in: how a person gets in, by code or password, and how their contacts and passwords change."""

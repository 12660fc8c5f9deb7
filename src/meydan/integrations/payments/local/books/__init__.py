"""Books of the local provider: its store, what its business does with them, and the webhooks that tell of it."""

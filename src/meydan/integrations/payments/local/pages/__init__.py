"""Pages of the local provider: one to pay on, and the dashboard of its owner."""

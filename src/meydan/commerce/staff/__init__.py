"""Money as those who run a community see it and act on it: over HTTP, each look and each act after asking who they are."""

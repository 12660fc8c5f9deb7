"""Open files of a process: each socket is one, and the usual limit is a thousand."""

import contextlib
import resource


def raise_limit() -> None:
    """Allows this process as many open files as the system lets it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS says "unlimited" and then refuses it
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

"""Send queues of a server's sockets in the kernel: what it holds for readers that do not read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_EVERY_SECONDS = 0.05


class SendQueues:
    """The largest queue that one socket of the server had at any look, in bytes."""

    def __init__(self, port: int) -> None:
        self._suffix = f":{port:04X}"
        self.largest = 0

    def look(self) -> None:
        for table in _TABLES:
            for line in table.read_text().splitlines()[1:]:
                _, local, _, _, queues, *_ = line.split()
                if local.endswith(self._suffix):
                    self.largest = max(self.largest, int(queues.partition(":")[0], 16))


@contextmanager
def watched(port: int) -> Iterator[SendQueues]:
    """Looks again and again while the block runs. Linux only, as the load is."""
    queues, is_over = SendQueues(port), threading.Event()

    def look_on() -> None:
        while not is_over.wait(_EVERY_SECONDS):
            queues.look()

    thread = threading.Thread(target=look_on, name="send queues")
    thread.start()
    try:
        yield queues
    finally:
        is_over.set()
        thread.join()

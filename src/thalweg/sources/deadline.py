"""A limit on the whole of a conversation: a server that sends a byte now and then keeps every wait short and the program for ever."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Deadline:
    """Ends connections when their time is over; what reads from one then finds its end."""

    def __init__(self) -> None:
        self.over = False
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []

    def holds(self, connection: socket.socket) -> None:
        """Let the limit hold for a connection, whatever is wrapped around it later: a second handle on it is kept."""
        with self._lock:
            handle = socket.socket(fileno=os.dup(connection.fileno()))
            self._held.append(handle)
            if self.over:
                _end(handle)

    def traces(self, event: str, info: Mapping[str, Any]) -> None:
        """Take the connections that httpx opens, as the `trace` among the extensions of a request."""
        if event.endswith("connect_tcp.complete"):
            self.holds(info["return_value"].get_extra_info("socket"))

    def end(self) -> None:
        """End what is held, and what will be."""
        with self._lock:
            self.over = True
            for handle in self._held:
                _end(handle)

    def let_go(self) -> None:
        """Close the handles; the connections go on."""
        with self._lock:
            for handle in self._held:
                handle.close()
            self._held.clear()


def _end(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have ended by itself
        handle.shutdown(socket.SHUT_RDWR)


@contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """Give a limit of so many seconds to all that is done within, over the connections that are named to it.

    Raises:
        TimeoutError: in the place of what was raised, if the time was over.
    """
    limit = Deadline()
    timer = threading.Timer(seconds, limit.end)
    timer.daemon = True
    timer.start()
    try:
        yield limit
    except Exception as error:
        if limit.over:
            raise TimeoutError(f"did not end within {seconds:g} seconds") from error
        raise
    finally:
        timer.cancel()
        limit.let_go()

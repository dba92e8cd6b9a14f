"""Requests to other machines: to checked addresses only, through bounded redirections, tried again with patience.

Every redirection is resolved and held to a public address like the first one, and the connection goes to the address that was checked.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from thalweg.evidence import BadInput
from thalweg.sources import answers
from thalweg.sources.addresses import moved, shown, target
from thalweg.sources.answers import TryAgain
from thalweg.sources.deadline import Deadline, deadline

if TYPE_CHECKING:
    import httpx
    import stamina

CONTACT: Final = "https://pypi.org/project/thalweg/"
MAX_REDIRECTS: Final = 5
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_WAIT: Final = 120.0
_GRACE: Final = 1.0
"""Seconds after which a connection is ended beyond the time that it has: who reads a body sees to that itself, and says how far it came."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a request is tried again; times in seconds.

    `timeout` is for an answer and for each piece of it, `longest` for one attempt as a whole: a server that sends a byte now and then
    does not hold the program for ever, and the next attempt goes on where this one ended.
    """

    attempts: int = 6
    wait_initial: float = 1.0
    wait_max: float = 60.0
    jitter: float = 1.0
    timeout: float = 30.0
    longest: float = 1_800.0


def attempts(patience: Patience) -> Iterator[stamina.Attempt]:
    """Yield the attempts of a request; the waits between them grow, and are as long as a server asks for with `Retry-After`."""
    import httpx
    import stamina

    logging.getLogger("stamina").addHandler(logging.NullHandler())  # or each new attempt is a line on standard error

    def worth_another(error: Exception) -> bool | float:
        if isinstance(error, TryAgain):
            return True if error.wait is None else min(error.wait, _LONGEST_WAIT)
        return isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol)

    waits = {"wait_initial": patience.wait_initial, "wait_max": patience.wait_max, "wait_jitter": patience.jitter}
    yield from stamina.retry_context(on=worth_another, attempts=patience.attempts, timeout=None, **waits)


def options(contact: str, patience: Patience) -> dict[str, Any]:
    """Return what every client is made with: who asks, and that bodies come unpacked.

    Raises:
        BadInput: if the contact cannot be put into a header.
    """
    if not contact.isascii() or not contact.isprintable():
        raise BadInput(f"contact {contact!r}: is sent with every request, so write it in ASCII letters on one line")
    return {"headers": {"User-Agent": f"thalweg (+{contact})", "Accept-Encoding": "identity"}, "timeout": patience.timeout}


@dataclass(slots=True)
class Clients:
    """A client for each way to the network: straight, or through a proxy. None of them looks for a proxy of its own."""

    options: dict[str, Any]
    stack: ExitStack = field(default_factory=ExitStack)
    held: dict[str, httpx.Client] = field(default_factory=dict)

    def __enter__(self) -> Clients:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def by(self, proxy: str) -> httpx.Client:
        """Return the client that goes through a proxy, or straight."""
        import httpx

        if proxy not in self.held:
            # A connection is not used twice: it was opened, and its certificate held, to one name at that address.
            once = httpx.Limits(max_connections=4, max_keepalive_connections=0)
            try:
                transport = httpx.HTTPTransport(proxy=proxy or None, limits=once)
            except OSError as error:
                said = error.strerror or str(error)
                raise BadInput(f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: {said}") from None
            except (ValueError, ImportError, httpx.InvalidURL) as error:
                why = str(error) if isinstance(error, ImportError) else "its address cannot be read"
                raise BadInput(f"the proxy that the environment names cannot be used: {why}") from None
            self.held[proxy] = self.stack.enter_context(httpx.Client(transport=transport, **self.options))
        return self.held[proxy]


@contextmanager
def opened(clients: Clients, url: str, headers: dict[str, str], allow: Collection[str] = (), *, longest: float) -> Iterator[httpx.Response]:
    """Send a request and follow redirections, each to an address that is checked like the first; the body is still to be read.

    `longest` holds for all of it in seconds, the head of the answer and the body that is read within included.

    Raises:
        TryAgain: for an answer that may be better the next time, or that does not come to its end in time.
        BadInput: for an address that is refused, or a redirection too many.
    """
    try:
        with deadline(longest + _GRACE) as limit, _answered(clients, url, headers, allow, limit) as response:
            yield response
    except TimeoutError as error:
        raise TryAgain(str(error)) from error


@contextmanager
def _answered(clients: Clients, url: str, headers: dict[str, str], allow: Collection[str], limit: Deadline) -> Iterator[httpx.Response]:
    at = url
    for _ in range(MAX_REDIRECTS + 1):
        where = target(at, allow)
        client = clients.by(where.proxy)
        extensions = {"sni_hostname": where.name, "trace": limit.traces}
        request = client.build_request("GET", where.url, headers={**headers, "Host": where.host}, extensions=extensions)
        response = client.send(request, stream=True)
        try:
            if response.status_code in _MOVED and "location" in response.headers:
                at = moved(at, response.headers["location"])
                continue
            if response.status_code in _AGAIN:
                wait = answers.retry_after(response.headers.get("retry-after", ""))
                raise TryAgain(f"answered {response.status_code} {response.reason_phrase}", wait)
            yield response
            return
        finally:
            response.close()
    raise BadInput(f"{shown(url)}: redirects more than {MAX_REDIRECTS} times; nothing was fetched")

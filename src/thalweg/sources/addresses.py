"""Where a download may connect to: public addresses only, each looked up once and then held to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from thalweg.evidence import BadInput


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is sent to: an address in place of the name, the name for TLS and the `Host` header."""

    url: str
    host: str
    name: str


def target(url: str, allow: Collection[str] = ()) -> Target:
    """Resolve the host of a URL and hold it to a public address.

    `allow` names hosts (with their port, `127.0.0.1:8000`) that may be private and may be spoken to without TLS. Behind a proxy the
    proxy resolves names; an address written out is checked all the same.

    Raises:
        BadInput: for another scheme than https, a host without an address, or a private, loopback or link-local one.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    allowed = parts.netloc in allow
    if parts.scheme != "https" and not (parts.scheme == "http" and allowed):
        raise BadInput(f"{url}: is not an https address")
    if parts.username or parts.password:
        raise BadInput(f"{parts.hostname}: an address with a user name or password is not fetched")
    if not host:
        raise BadInput(f"{url}: names no host")
    if _behind_proxy(parts.scheme, host) and not _is_address(host):
        return Target(url, parts.netloc, host)
    found = _resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
    if not allowed and (private := next((a for a in found if not _public(a)), None)):
        raise BadInput(f"{host}: is at {private}, which is no public address; it is not fetched from")
    return Target(_at(parts, found[0]), parts.netloc, host)


def _behind_proxy(scheme: str, host: str) -> bool:
    return scheme in getproxies() and not proxy_bypass(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise BadInput(f"{host}: has no address ({error.strerror or error}); is the network there?") from error
    addresses = [str(entry[4][0]) for entry in found]
    return sorted(dict.fromkeys(addresses), key=lambda a: ":" in a)  # IPv4 first: it is routed everywhere


def _public(address: str) -> bool:
    read = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(read, "ipv4_mapped", None)
    return (mapped or read).is_global and not read.is_multicast


def _at(parts: SplitResult, address: str) -> str:
    where = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=where if parts.port is None else f"{where}:{parts.port}").geturl()

"""Where a download may connect to: public addresses only, each looked up once and then held to."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from thalweg.evidence import BadInput

_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?$", re.IGNORECASE)
_INSIDE: Final = re.compile(r"(?:[^.]*|.*\.(?:localhost|local|internal|home\.arpa))\.?$", re.IGNORECASE)
_SECRET: Final = re.compile(r"(?:key|token|secret|passw(?:or)?d|pwd|auth|sig|signature|credentials?)$", re.IGNORECASE)
"""At the end of the name of a value that is asked in an address, what may make it a secret."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE: Final = ipaddress.ip_network("::/96")
_INNER: Final = (ipaddress.ip_network("64:ff9b:1::/48"), ipaddress.ip_network("5f00::/16"))
"""Within one operator's network by the IANA IPv6 special-purpose registry; Python's own table of it may be older."""


def shown(url: str) -> str:
    """Return an address as it may be shown: without what is asked of it, a fragment, and a user name or password, which may be secrets."""
    head, sign, _ = url.partition("?")
    head = head.partition("#")[0]
    scheme, slashes, rest = head.partition("://")
    if slashes:
        place, slash, path = rest.partition("/")
        head = f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"
    return f"{head}?..." if sign else head


def without_secrets(url: str) -> str:
    """Return an address that a person can open, without a password and without values of names that are used for secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return shown(url)
    kept = [p for p in parts.query.split("&") if not _SECRET.search(p.partition("=")[0])]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="&".join(kept)).geturl()


def told(text: str, *urls: str) -> str:
    """Return a text in which addresses stand as they may be shown."""
    for url in urls:
        if url:
            text = text.replace(url, shown(url))
    return text


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is sent to: an address in place of the name, the name for TLS and the `Host` header.

    `proxy` is the address of the proxy that it goes through, empty where it goes straight.
    """

    url: str
    host: str
    name: str
    proxy: str = ""


def target(url: str, allow: Collection[str] = ()) -> Target:
    """Resolve the host of a URL and hold it to a public address.

    `allow` names hosts (with their port, `127.0.0.1:8000`) that may be private and may be spoken to without TLS. Behind a proxy the
    proxy resolves names; an address written out is checked all the same.

    Raises:
        BadInput: for another scheme than https, a host without an address, or a private, loopback or link-local one.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise BadInput(f"{shown(url)}: is no address that can be read ({error})") from None
    host = parts.hostname or ""
    allowed = parts.netloc in allow
    if parts.username or parts.password:
        raise BadInput(f"{host}: an address with a user name or password is not fetched")
    if parts.scheme != "https" and not (parts.scheme == "http" and allowed):
        raise BadInput(f"{shown(url)}: is not an https address")
    if not host or not host.isascii():
        raise BadInput(f"{shown(url)}: " + ("write its host in ASCII letters" if host else "names no host"))
    proxy = _proxy(parts.scheme, host)
    if proxy and not _is_address(host):
        if not allowed and _INSIDE.match(host):
            raise BadInput(f"{host}: is no public name; it is not fetched from")
        return Target(url, parts.netloc, host, proxy)
    found = _resolve(host, port)
    if not allowed and (private := next((a for a in found if not _public(a)), None)):
        raise BadInput(f"{host}: is at {private}, which is no public address; it is not fetched from")
    return Target(_at(parts, found[0]), parts.netloc, host, proxy)


def moved(url: str, to: str) -> str:
    """Return the address that a redirection leads to.

    Raises:
        BadInput: if it leads to none.
    """
    try:
        return urljoin(url, to)
    except ValueError as error:
        raise BadInput(f"{shown(url)}: redirects to no address that can be read ({error})") from None


def _proxy(scheme: str, host: str) -> str:
    """Return the proxy that the environment names for a host; empty where it is reached without one."""
    known = getproxies()
    named = known.get(scheme) or known.get("all") or ""
    if not named or proxy_bypass(host):
        return ""
    return named if "://" in named else f"http://{named}"


def _is_address(host: str) -> bool:
    """Tell whether a host is an address in any notation, such as 127.1 or 0x7f000001: no proxy is left to look into these."""
    return ":" in host or _NUMERIC.match(host) is not None


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        said = getattr(error, "strerror", None) or error
        raise BadInput(f"{host}: has no address ({said}); is the network there?") from error
    addresses = [str(entry[4][0]) for entry in found]
    return sorted(dict.fromkeys(addresses), key=lambda a: ":" in a)  # IPv4 first: it is routed everywhere


def _public(address: str) -> bool:
    """Tell whether an address, and the IPv4 address that an IPv6 one may stand for, is open to everyone."""
    read = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(read, ipaddress.IPv6Address):
        inner = read.ipv4_mapped or read.sixtofour
        if inner is None and (read in _NAT64 or read in _COMPATIBLE):
            inner = ipaddress.IPv4Address(read.packed[-4:])
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if read.is_site_local or any(read in network for network in _INNER):
            return False
    return read.is_global and not read.is_multicast


def _at(parts: SplitResult, address: str) -> str:
    where = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=where if parts.port is None else f"{where}:{parts.port}").geturl()

"""A download connects to public addresses, and to the one that was looked up."""

from __future__ import annotations

import socket

import pytest

from thalweg.evidence import BadInput
from thalweg.sources.addresses import target


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def answer(monkeypatch, *addresses):
    def getaddrinfo(_, port, **__):
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.1",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "5f00::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "::7f00:1",
        "fec0::1",
    ],
)
def test_a_host_at_a_private_address_is_refused(address, monkeypatch):
    answer(monkeypatch, address)
    with pytest.raises(BadInput, match="is no public address"):
        target("https://internal.example/list.csv")


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    answer(monkeypatch, "93.184.216.34", "192.168.0.1")
    with pytest.raises(BadInput, match=r"192\.168\.0\.1"):
        target("https://mixed.example/")


def test_the_address_looked_up_is_the_one_connected_to(monkeypatch):
    answer(monkeypatch, "2606:2800:220:1::1", "93.184.216.34")
    found = target("https://data.example:8443/a?b=c")
    assert (found.url, found.host, found.name) == ("https://93.184.216.34:8443/a?b=c", "data.example:8443", "data.example")
    answer(monkeypatch, "2606:2800:220:1::1")
    assert target("https://data.example/a").url == "https://[2606:2800:220:1::1]/a"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.com/a", "is not an https address"),
        ("ftp://example.com/a", "is not an https address"),
        ("file:///etc/passwd", "is not an https address"),
        ("https:///a", "names no host"),
        ("http://user:secret@example.com/a", "a user name or password"),
        ("https://[::1/a", "no address that can be read"),
        ("https://example.com:99999/a", "no address that can be read"),
        ("https://bücher.example/a", "write its host in ASCII letters"),
        ("https://user:secret@example.com/a", "a user name or password"),
    ],
)
def test_another_kind_of_address_is_refused(url, says, monkeypatch):
    answer(monkeypatch, "93.184.216.34")
    with pytest.raises(BadInput, match=says) as caught:
        target(url)
    assert "secret" not in str(caught.value)


def test_a_host_without_an_address_is_said(monkeypatch):
    answer(monkeypatch)
    with pytest.raises(BadInput, match=r"nowhere\.example: has no address .*; is the network there\?"):
        target("https://nowhere.example/a")


def test_a_host_that_is_allowed_may_be_private_and_plain():
    assert target("http://127.0.0.1:8000/a", {"127.0.0.1:8000"}).url == "http://127.0.0.1:8000/a"
    with pytest.raises(BadInput):
        target("http://127.0.0.1:8001/a", {"127.0.0.1:8000"})


def test_behind_a_proxy_the_name_is_left_to_it_but_a_written_address_is_checked(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert target("https://data.example/a").url == "https://data.example/a"
    with pytest.raises(BadInput, match="no public address"):
        target("https://169.254.169.254/latest")


@pytest.mark.parametrize("host", ["a..b", "a" * 70 + ".example"])
def test_a_host_that_no_name_server_is_asked_for_has_no_address(host):
    with pytest.raises(BadInput, match="has no address"):
        target(f"https://{host}/a")


@pytest.mark.parametrize("name", ["https_proxy", "all_proxy"])
@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "[::1]", "localhost", "intranet", "data.localhost", "metadata.google.internal"]
)
def test_behind_a_proxy_no_notation_of_this_machine_or_of_the_network_inside_is_passed_on(name, host, monkeypatch):
    monkeypatch.setenv(name, "http://proxy.example:3128")
    with pytest.raises(BadInput, match="is no public"):
        target(f"https://{host}/a")


def test_a_name_that_goes_past_the_proxy_is_looked_up_and_held_to(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "data.example")
    answer(monkeypatch, "10.0.0.1")
    with pytest.raises(BadInput, match="no public address"):
        target("https://data.example/a")
    answer(monkeypatch, "93.184.216.34")
    assert (target("https://data.example/a").url, target("https://data.example/a").proxy) == ("https://93.184.216.34/a", "")
    assert target("https://other.example/a").proxy == "http://proxy.example:3128"

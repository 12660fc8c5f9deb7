"""Addresses that anybody on the Internet reaches, and those that lead into a network, however they are written."""

from ipaddress import ip_address

import pytest

from meydan.kit.errors import Refused
from meydan.kit.hosts import is_public
from meydan.kit.http.guarded_client import GuardedClient, UrlRefused


@pytest.mark.parametrize(
    "address",
    ["142.250.1.1", "8.8.8.8", "2a00:1450:4001:80b::200a", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"],
)
def test_these_are_public(address: str):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *(
            "100.64.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
        ),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe"),
        *("64:ff9b:1::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("2002:7f00:1::1", "2002:808:808::1", "2001:0:1:2::1", "100::1"),
    ],
)
def test_these_are_not(address: str):
    assert not is_public(ip_address(address))


ACCEPTED = ["https://push.example.net/a/b?c=d", "https://push.example.net:443/a", "https://142.250.1.1/a"]
REFUSED = [
    *("", "push.example.net/a", "http://push.example.net/a", "ftp://push.example.net/a", "file:///etc/passwd"),
    *("https:///a", "https://push.example.net:8443/a", "https://push.example.net:0/a", "https://push.example.net:x/a"),
    *("https://a@push.example.net/a", "https://a:b@push.example.net/a", "https://push.example.net/a#b"),
    *("https://push.example.net/ b", "https://push.example.net/\nHost: x", "https://püsh.example/a"),
    *("https://127.0.0.1/a", "https://[::1]/a", "https://10.0.0.1/a", "https://[::ffff:10.0.0.1]/a"),
    *("https://localhost/a", "https://LOCALHOST./a", "https://x.localhost/a", "https://169.254.169.254/latest"),
    "https://push.example.net/" + "a" * 2048,
]
HERE = ["http://127.0.0.1:8080/a", "https://localhost:8080/a", "http://[::1]:8080/a"]


@pytest.mark.parametrize("url", ACCEPTED)
def test_urls_of_a_public_host(url: str):
    GuardedClient().check(url)


@pytest.mark.parametrize("url", [*REFUSED, *HERE])
def test_urls_that_are_never_asked(url: str):
    with pytest.raises(UrlRefused):
        GuardedClient().check(url)


def test_the_door_of_a_developer_lets_in_this_machine_and_no_other():
    client = GuardedClient(allows_loopback=True)
    for url in (*ACCEPTED, *HERE):
        client.check(url)
    for url in set(REFUSED) - {"https://127.0.0.1/a", "https://[::1]/a", "https://localhost/a", "https://LOCALHOST./a"}:
        if "localhost" not in url:
            with pytest.raises(Refused):
                client.check(url)

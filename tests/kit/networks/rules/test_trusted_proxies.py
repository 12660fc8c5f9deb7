"""A connection is its client's: of the network it comes from, or that a trusted proxy names."""

import pytest

from meydan.kit.networks import TrustedProxies

PROXIES = TrustedProxies(["127.0.0.1", "10.1.0.0/16", "2001:db8:ffff::/48"])


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("::ffff:198.51.100.9", "198.51.100.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("127.0.0.2", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("", None),
    ],
)
def test_a_client_is_its_network_and_this_machine_is_none(peer: str, network: str | None):
    assert TrustedProxies().counted_network(peer) == network


@pytest.mark.parametrize(
    ("peer", "header", "network"),
    [
        ("127.0.0.1", ["198.51.100.9"], "198.51.100.9"),
        ("::ffff:10.1.2.3", ["198.51.100.9:5000"], "198.51.100.9"),
        ("2001:db8:ffff::1", ["[2001:db8:1:2::5]:443"], "2001:db8:1:2::/64"),
        ("10.1.2.3", ["203.0.113.1, 198.51.100.9, 10.1.9.9"], "198.51.100.9"),
        ("10.1.2.3", ["203.0.113.1", "198.51.100.9"], "198.51.100.9"),
        ("198.51.100.9", ["203.0.113.1"], "198.51.100.9"),
        ("10.1.2.3", [], None),
        ("10.1.2.3", ["10.1.9.9"], None),
        ("10.1.2.3", ["nobody"], None),
        ("10.1.2.3", ["127.0.0.1"], None),
    ],
)
def test_a_proxy_is_counted_by_the_client_it_names_and_nobody_else_may_name_one(
    peer: str, header: list[str], network: str | None
):
    assert PROXIES.counted_network(peer, header) == network


def test_where_every_peer_is_trusted_the_first_name_counts():
    everybody = TrustedProxies(["*"])
    assert everybody.counted_network("203.0.113.1", ["198.51.100.9, 192.0.2.1"]) == "198.51.100.9"
    assert everybody.counted_network("203.0.113.1") is None
    assert everybody.forwarded_network("203.0.113.1") == "203.0.113.1", "uvicorn has read the header"


def test_a_request_that_a_proxy_makes_for_itself_is_nobodys():
    assert PROXIES.forwarded_network("10.1.2.3") is None
    assert PROXIES.forwarded_network("198.51.100.9") == "198.51.100.9"

"""Sockets of one network are capped, over all gateways; a trusted proxy's are those of its clients."""

from uuid import uuid4

from tests.waiting import until

ADDRESS, OTHER = "198.51.100.9", "2001:db8:1:2::1"


def behind(address: str) -> dict[str, dict[str, str]]:
    return {"extra_headers": {"X-Forwarded-For": address}}


async def test_a_flood_over_two_gateways_is_cut_off_and_others_are_not(connect, start_gateway, ada):
    settings = {"trusted_proxies": ("127.0.0.1",), "connections_per_network": 5}
    one, other = await start_gateway(**settings), await start_gateway(**settings)
    # These two come from this machine, which is not counted. Valkey answers them after it has read their gateway's counts.
    asking_one, asking_other = await connect(ada, to=one), await connect(ada, to=other)
    held = [await connect(to=one, **behind(ADDRESS)) for _ in range(3)]
    await asking_one.hears_nothing()
    held += [await connect(to=other, **behind(ADDRESS)) for _ in range(2)]
    await asking_other.hears_nothing()
    for gateway in (one, other):
        refused = await connect(to=gateway, **behind(ADDRESS))
        assert await refused.close_code() == 4429
    await connect(ada, to=one, **behind(OTHER))
    assert not any(client.closed.done() for client in held), "whoever came first stays"

    held[0].vanish()

    async def has_room() -> bool:
        return len(one.hub.by_network) == 3  # two of the flood, and somebody else

    await until(has_room)
    await asking_one.hears_nothing()
    await connect(ada, to=other, **behind(ADDRESS))


async def test_a_proxy_itself_and_this_machine_have_any_number(connect, start_gateway, person):
    gateway = await start_gateway(trusted_proxies=("127.0.0.1",), connections_per_network=1)
    direct = await start_gateway(connections_per_network=1)
    for _ in range(3):
        await connect(person(), to=gateway)
        await connect(person(), to=direct)
        await connect(person(), to=direct, **behind(str(uuid4())))
        await connect(person(), to=direct, **behind(ADDRESS))
    assert len(direct.hub.by_network) == 0, "nobody else is believed"

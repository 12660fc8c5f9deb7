"""Rate limits: so many at once, then as they refill; never a reason for an outage."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from meydan.kit import rate_limits, valkey
from meydan.kit.rate_limits import Bucket, Buckets, Cost, Limit, TooManyRequests
from meydan.kit.realtime.presence import UNKNOWN, presence
from tests.waiting import PATIENCE, patience

THREE = Limit("tests", per=timedelta(minutes=5), count=3)


async def test_the_one_too_many_is_told_when_to_come_back(valkey_url):
    async with valkey.opened(valkey_url):
        ada, ben = uuid4(), uuid4()
        for _ in range(3):
            await rate_limits.take(THREE, ada)
        with pytest.raises(TooManyRequests) as refused:
            await rate_limits.take(THREE, ada)
        assert (refused.value.status, refused.value.code) == (429, "slow_down")
        assert refused.value.extra["retry_after"] in range(90, 101)
        await rate_limits.take(THREE, ben)


async def test_it_refills_evenly(valkey_url):
    quick = Limit("tests-quick", per=timedelta(minutes=1), count=600)  # one each tenth of a second
    async with valkey.opened(valkey_url):
        key = uuid4()
        await rate_limits.take(quick, key, cost=600)
        with pytest.raises(TooManyRequests):
            await rate_limits.take(quick, key, cost=300)
        await asyncio.sleep(0.35)
        await rate_limits.take(quick, key, cost=3)
        with pytest.raises(TooManyRequests):
            await rate_limits.take(quick, key, cost=300)


async def test_many_at_once_in_many_processes_get_exactly_so_many(valkey_url):
    limit, key = Limit("tests-many", per=timedelta(hours=1), count=20), uuid4()
    async with valkey.opened(valkey_url):
        results = await asyncio.gather(*(rate_limits.take(limit, key) for _ in range(100)), return_exceptions=True)
    assert results.count(None) == 20


async def test_a_cost_of_more_than_one_counts_so_much(valkey_url):
    async with valkey.opened(valkey_url):
        key = uuid4()
        await rate_limits.take(THREE, key, cost=3)
        with pytest.raises(TooManyRequests) as refused:
            await rate_limits.take(THREE, key, cost=2)
        assert refused.value.extra["retry_after"] in range(190, 201)


async def test_several_limits_are_taken_together_and_the_longest_wait_is_told(valkey_url):
    async with valkey.opened(valkey_url):
        key, slow = uuid4(), Limit("tests-slow", per=timedelta(hours=1), count=3)
        await rate_limits.take_all(key, Cost(THREE, 3), Cost(slow, 3))
        with pytest.raises(TooManyRequests) as refused:
            await rate_limits.take_all(key, Cost(THREE), Cost(slow))
        assert refused.value.extra["retry_after"] in range(1100, 1201)


async def test_where_one_of_several_limits_refuses_nothing_is_taken_from_the_others(valkey_url):
    async with valkey.opened(valkey_url):
        key, narrow = uuid4(), Limit("tests-narrow", per=timedelta(hours=1), count=1)
        for place in (1, 2):
            await rate_limits.take_all(key, Cost(THREE), Cost(narrow, within=place))
            with pytest.raises(TooManyRequests):
                await rate_limits.take_all(key, Cost(THREE), Cost(narrow, within=place))
        await rate_limits.take(THREE, key)
        with pytest.raises(TooManyRequests):
            await rate_limits.take(THREE, key)


def test_buckets_of_a_process_count_for_each_key_and_forget_the_longest_unused(monkeypatch):
    monkeypatch.setattr(Buckets, "_MOST", 2)
    buckets = Buckets("tests")

    def left(key: str) -> int:
        for taken in range(3):
            try:
                buckets.take(key, 2, 1e-9)
            except TooManyRequests:
                return taken
        return 3

    assert (left("ada"), left("ada"), left("ben")) == (2, 0, 2)
    assert left("cem") == 2
    assert (left("ben"), left("ada")) == (0, 2), "ada's was unused longest"


async def test_without_valkey_everybody_is_let_through(caplog):
    async with valkey.opened("redis://127.0.0.1:1/0"):
        for _ in range(10):
            await rate_limits.take(THREE, uuid4())
    assert sum("rate limits do not hold" in record.message for record in caplog.records) == 1


async def test_a_frozen_valkey_holds_nobody(own_valkey, caplog, monkeypatch):
    async with valkey.opened(own_valkey.url):
        await rate_limits.take(THREE, "ada")
        monkeypatch.setattr("meydan.kit.valkey.client.PROMPT", 0.25)
        own_valkey.freeze()
        async with patience("a request in spite of a frozen Valkey"):
            for _ in range(4):
                await rate_limits.take(THREE, "ada")
        assert "does not answer in time" in caplog.text
        found = await presence(valkey.current(), 1, [UUID(int=1)])
        assert found == {UUID(int=1): UNKNOWN}
        own_valkey.thaw()
        monkeypatch.setattr("meydan.kit.valkey.client.PROMPT", PATIENCE)
        key = uuid4()
        for _ in range(3):
            await rate_limits.take(THREE, key)
        with pytest.raises(TooManyRequests):
            await rate_limits.take(THREE, key)


async def test_a_limit_of_none_lets_nobody_through(valkey_url):
    async with valkey.opened(valkey_url):
        with pytest.raises(TooManyRequests) as refused:
            await rate_limits.take(Limit("tests-none", per=timedelta(minutes=5), count=0), uuid4())
    assert refused.value.extra["retry_after"] == 300


def test_a_bucket_of_one_process_empties_and_refills_no_further_than_its_brim(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("meydan.kit.rate_limits.time.monotonic", lambda: now)
    bucket = Bucket(3, per_second=2)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now += 0.4
    assert not bucket.take()
    now += 0.1
    assert [bucket.take() for _ in range(2)] == [True, False]
    now += 3600
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]

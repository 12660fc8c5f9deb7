"""Weights of reporters: numbers that docs/security.md promises."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meydan.moderation import weights
from meydan.moderation.weights import Reporter


def reporter(
    *,
    days: float = 30,
    contact: bool = True,
    talked: bool = True,
    device: int | None = None,
    network: str | None = None,
    block: str | None = None,
) -> Reporter:
    return Reporter(
        case_id=UUID(int=1),
        user_id=uuid4(),
        account_age=timedelta(days=days),
        has_contact=contact,
        has_exchanged=talked,
        devices=[uuid4() if device is None else UUID(int=device)],
        networks=[] if network is None else [network],
        number_block=block,
    )


@pytest.mark.parametrize(
    ("one", "weight"),
    [
        (reporter(), 100),
        (reporter(days=7), 100),
        (reporter(days=6.9), 50),
        (reporter(days=1), 50),
        (reporter(days=0.9), 10),
        (reporter(talked=False), 25),
        (reporter(days=2, talked=False), 12),
        (reporter(days=0, talked=False), 2),
        (reporter(contact=False), 0),
    ],
)
def test_a_weight_follows_from_age_talk_and_contact(one: Reporter, weight: int):
    assert weights.weight_of(one) == weight
    assert weights.total([one]) == weight


def test_a_group_weighs_as_its_weightiest():
    assert weights.total([reporter(network="a"), reporter(network="a", days=0), reporter(network="b")]) == 200


def test_groups_join_by_whoever_connects_them():
    left, right = reporter(device=1, network="a"), reporter(device=2, block="+90501")
    assert weights.total([left, right]) == 200
    assert weights.total([left, right, reporter(network="a", block="+90501")]) == 100


people = st.builds(
    reporter,
    days=st.sampled_from([0, 3, 30]),
    contact=st.booleans(),
    talked=st.booleans(),
    device=st.integers(0, 4),
    network=st.sampled_from([None, "a", "b", "c"]),
    block=st.sampled_from([None, "+90501", "+90502"]),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(people, max_size=8))
def test_order_changes_nothing_and_nobody_weighs_more_in_company(crowd: list[Reporter]):
    total = weights.total(crowd)
    assert {weights.total(crowd[place:] + crowd[:place]) for place in range(len(crowd))} <= {total}
    assert weights.total(crowd[::-1]) == total
    assert total <= sum(weights.weight_of(one) for one in crowd)
    assert total >= max((weights.weight_of(one) for one in crowd), default=0)

"""Each rule: signals in, a finding with its numbers or none out."""

import msgspec
import pytest

from meydan.money.fraud import rules
from meydan.money.fraud.rules import Finding, PaymentSignals, RingSignals, Rule
from meydan.money.fraud.scoring import Outcome, score_payment, score_ring
from meydan.money.fraud.settings import FraudSettings

DEFAULT = FraudSettings()

ORDINARY = PaymentSignals(
    amount=9_900,
    currency="TRY",
    payments_hour=1,
    payments_day=1,
    amount_hour=9_900,
    amount_day=9_900,
    device_hours=2_000,
    card_accounts=1,
    device_accounts=1,
    cards_day=1,
    failures_day=0,
    payments_kept=5,
    refunds=0,
    disputes=0,
)


def with_signals(**changes: object) -> PaymentSignals:
    return msgspec.structs.replace(ORDINARY, **changes)


def found(signals: PaymentSignals, settings: FraudSettings = DEFAULT) -> dict[Rule, Finding]:
    return {finding.rule: finding for finding in score_payment(signals, settings).findings}


def test_an_ordinary_purchase_raises_no_eyebrow():
    score = score_payment(ORDINARY, DEFAULT)
    assert (score.outcome, score.points, score.findings) == (Outcome.allow, 0, [])


# What is still usual, what is suspicious, what is twice as suspicious.
STEPS = [
    (Rule.many_payments, {"payments_hour": 4}, {"payments_hour": 5}, {"payments_hour": 8}),
    (Rule.many_payments, {"payments_day": 10}, {"payments_day": 11}, {"payments_day": 20}),
    (Rule.much_money, {"amount_hour": 500_000}, {"amount_hour": 500_001}, {"amount_hour": 1_000_000}),
    (Rule.much_money, {"amount_day": 1_000_000}, {"amount_day": 1_000_001}, {"amount_day": 2_000_000}),
    (
        Rule.new_device,
        {"device_hours": 0, "amount": 199_999},
        {"device_hours": 23, "amount": 200_000},
        {"device_hours": 0, "amount": 400_000},
    ),
    (Rule.shared_card, {"card_accounts": 2}, {"card_accounts": 3}, {"card_accounts": 4}),
    (Rule.shared_device, {"device_accounts": 2}, {"device_accounts": 3}, {"device_accounts": 4}),
    (Rule.many_cards, {"cards_day": 2}, {"cards_day": 3}, {"cards_day": 4}),
    (Rule.many_failures, {"failures_day": 4}, {"failures_day": 5}, {"failures_day": 8}),
    (
        Rule.many_refunds,
        {"refunds": 2, "payments_kept": 2},
        {"refunds": 3, "payments_kept": 7},
        {"refunds": 4, "payments_kept": 4},
    ),
    (Rule.disputed, {"disputes": 0}, {"disputes": 1}, {"disputes": 2}),
]


@pytest.mark.parametrize(("rule", "usual", "suspicious", "grave"), STEPS)
def test_the_usual_is_left_alone_and_twice_the_usual_weighs_double(rule: Rule, usual, suspicious, grave):
    points = getattr(DEFAULT, f"{rule}_points")
    assert rule not in found(with_signals(**usual))
    assert found(with_signals(**suspicious))[rule].points == points
    assert found(with_signals(**grave))[rule].points == 2 * points


@pytest.mark.parametrize(("rule", "usual", "suspicious", "grave"), STEPS)
def test_a_rule_that_weighs_nothing_is_off(rule: Rule, usual, suspicious, grave):
    off = msgspec.structs.replace(DEFAULT, **{f"{rule}_points": 0})
    assert found(with_signals(**grave), off) == {}


@pytest.mark.parametrize(("rule", "usual", "suspicious", "grave"), STEPS)
def test_a_finding_names_what_was_seen_and_what_would_have_been_usual(rule: Rule, usual, suspicious, grave):
    finding = found(with_signals(**suspicious))[rule]
    assert any(name.startswith("usual_") for name in finding.facts)
    for value in suspicious.values():
        assert value in finding.facts.values(), finding


def test_every_payment_rule_is_tried_above():
    assert {step[0] for step in STEPS} == set(Rule) - {Rule.gift_ring}
    assert len(rules.PAYMENT_RULES) == len({step[0] for step in STEPS})


def test_a_known_device_may_buy_large_and_a_purchase_in_a_store_has_no_device_of_ours():
    assert found(with_signals(device_hours=24, amount=10**7)) == {}
    assert found(with_signals(device_hours=None, amount=10**7)) == {}


def test_three_refunds_of_forty_payments_are_no_habit():
    assert found(with_signals(refunds=3, payments_kept=40)) == {}
    finding = found(with_signals(refunds=3, payments_kept=6))[Rule.many_refunds]
    assert finding.facts == {
        "refunds": 3,
        "payments": 6,
        "percent": 50,
        "usual_refunds": 2,
        "usual_percent": 40,
        "days": 180,
    }


def test_amounts_are_measured_in_their_own_currency():
    lira, dollars = with_signals(amount_hour=20_000), with_signals(amount_hour=20_000, currency="USD")
    assert found(lira) == {}
    assert found(dollars)[Rule.much_money].facts["usual_hour"] == 15_000
    only_lira = msgspec.structs.replace(
        DEFAULT, amount_per_hour={"TRY": 1}, amount_per_day={"TRY": 1}, large_purchase={"TRY": 1}
    )
    assert found(with_signals(amount_hour=20_000, currency="USD", device_hours=0), only_lira) == {}
    assert Rule.much_money in found(lira, only_lira)


@pytest.mark.parametrize(
    ("points", "outcome"),
    [
        (29, Outcome.allow),
        (30, Outcome.delay),
        (59, Outcome.delay),
        (60, Outcome.review),
        (119, Outcome.review),
        (120, Outcome.freeze),
    ],
)
def test_points_decide(points: int, outcome: Outcome):
    score = score_payment(with_signals(disputes=1), msgspec.structs.replace(DEFAULT, disputed_points=points))
    assert (score.points, score.outcome) == (points, outcome)


def test_findings_add_up_and_a_community_may_leave_steps_out():
    facts = with_signals(cards_day=3, failures_day=5)
    score = score_payment(facts, DEFAULT)
    assert (score.points, score.outcome) == (70, Outcome.review)
    assert [finding.rule for finding in score.findings] == [Rule.many_cards, Rule.many_failures]
    frozen_at_once = msgspec.structs.replace(DEFAULT, freeze_score=50)
    assert score_payment(facts, frozen_at_once).outcome is Outcome.freeze
    never_frozen = msgspec.structs.replace(DEFAULT, freeze_score=10_000)
    assert score_payment(with_signals(disputes=9, cards_day=9), never_frozen).outcome is Outcome.review


def test_a_ring_of_three_and_a_pair_are_measured_differently():
    assert score_ring(RingSignals(people=3, coins=499, gifts=9), DEFAULT).findings == []
    ring = score_ring(RingSignals(people=3, coins=500, gifts=9), DEFAULT)
    assert (ring.outcome, ring.points) == (Outcome.review, 60)
    assert ring.findings[0].facts == {"people": 3, "coins": 500, "gifts": 9, "usual_coins": 500, "days": 7}
    assert score_ring(RingSignals(people=2, coins=1_999, gifts=9), DEFAULT).findings == []
    assert score_ring(RingSignals(people=2, coins=2_000, gifts=9), DEFAULT).outcome is Outcome.review
    assert score_ring(RingSignals(people=2, coins=4_000, gifts=9), DEFAULT).outcome is Outcome.freeze


def test_gifts_that_were_given_cannot_wait():
    mild = msgspec.structs.replace(DEFAULT, ring_points=30)
    score = score_ring(RingSignals(people=3, coins=500, gifts=9), mild)
    assert (score.outcome, score.points) == (Outcome.allow, 30)


def test_settings_are_what_a_community_may_write_down():
    written = msgspec.to_builtins(DEFAULT)
    assert msgspec.convert(written, FraudSettings) == DEFAULT
    for wrong in (
        {"amount_per_hour": {"lira": 5}},
        {"amount_per_hour": {"TRY": 0}},
        {"delay_score": 0},
        {"refund_percent": 101},
        {"ring_length": 7},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, FraudSettings)

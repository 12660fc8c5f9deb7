"""Events of other rooms become notifications for the users they concern, and for nobody else."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec

from meydan import accounts, growth, meeting, safety, tenants
from meydan.integrations import Channel
from meydan.integrations.payments import enums
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.events import Event, publish
from meydan.kit.identity import Role
from meydan.money import gifts, payments, premium, wallet
from meydan.notifications import inbox
from tests.factories import Person, make_person


async def happens(db: Database, tenant: tenants.Tenant, event: Event) -> None:
    async with db.as_service(tenant.id) as tx:
        await publish(tx, event)


async def news_of(db: Database, person: Person) -> list[tuple[str, dict[str, Any]]]:
    async with db.as_user(person.me) as tx:
        return [(item.code, item.data) for item in (await inbox.notifications(tx, None, 20)).items]


async def test_who_registers_is_welcomed(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    event = accounts.Registered(
        user_id=ada.me.user_id,
        profile_id=ada.me.profile_id,
        device_id=uuid4(),
        invite_code=None,
        phone_hash=None,
        is_new_phone=False,
    )
    await happens(db, tenant, event)
    assert await news_of(db, ada) == [("welcome", {})]


async def test_a_new_device_is_named(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await happens(db, tenant, accounts.NewDevice(ada.me.user_id, uuid4(), "A tablet"))
    assert await news_of(db, ada) == [("new_device", {"device_name": "A tablet"})]


async def test_a_change_of_how_one_logs_in_says_what_changed(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await happens(db, tenant, accounts.SignInChanged(ada.me.user_id, accounts.SignInPart.phone))
    assert await news_of(db, ada) == [("sign_in_changed", {"part": "phone"})]


async def test_a_banned_person_finds_out_why(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    async with db.as_service(tenant.id) as tx:
        await safety.do_ban(tx, ada.me.user_id, safety.BanReason.reports, reporters=10)
    assert await news_of(db, ada) == [("banned", {"reason": "reports", "until": None})]


async def test_a_suspended_person_finds_out_until_when_and_that_it_is_over(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    until = clock.now() + timedelta(hours=24)
    async with db.as_service(tenant.id) as tx:
        await safety.do_suspend_matching(tx, ada.me.user_id, until)
    async with db.as_service(tenant.id) as tx:
        await safety.do_resume_matching(tx, ada.me.user_id)
        await safety.do_resume_matching(tx, ada.me.user_id)
    assert [code for code, _ in await news_of(db, ada)] == ["matching_resumed", "matching_suspended"]
    assert (await news_of(db, ada))[1][1].keys() == {"until"}


async def test_rewards_name_nobody(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    event = growth.ReferralRewarded(
        invited_user_id=ben.me.user_id, inviter_user_id=ada.me.user_id, invited_reward=10, inviter_reward=0
    )
    await happens(db, tenant, event)
    assert await news_of(db, ben) == [("referral_reward", {"amount": 10, "invited": True})]
    assert await news_of(db, ada) == []


async def test_those_who_run_the_community_hear_that_codes_are_paused(
    db: Database, tenant: tenants.Tenant, other_tenant: tenants.Tenant
):
    owner, member = await make_person(db, tenant, role=Role.owner), await make_person(db, tenant)
    far = await make_person(db, other_tenant, role=Role.owner)
    await happens(db, tenant, accounts.CodesPaused(Channel.sms, 1995, 2000))
    assert await news_of(db, owner) == [("codes_paused", {"channel": "sms", "spent_cents": 1995, "budget_cents": 2000})]
    assert await news_of(db, member) == await news_of(db, far) == []


def a_match(ada: Person, ben: Person, **changes: Any) -> dict[str, Any]:
    sides = meeting.Side(ada.me.user_id, ada.me.profile_id), meeting.Side(ben.me.user_id, ben.me.profile_id)
    return {
        "match_id": uuid4(),
        "conversation_id": uuid4(),
        "type": meeting.MatchType.anonymous_text,
        "sides": sides,
    } | changes


async def test_both_hear_of_their_match_and_nothing_of_the_other(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    match = a_match(ada, ben, expires_at=clock.now() + timedelta(hours=24))
    await happens(db, tenant, meeting.MatchMade(**match))
    data = {"match_id": str(match["match_id"]), "conversation_id": str(match["conversation_id"])}
    for person in (ada, ben):
        assert await news_of(db, person) == [("match_made", data)]
        async with db.as_user(person.me) as tx:
            page = await inbox.notifications(tx, None, 5)
        assert (page.unread, page.items[0].profile_id) == (0, person.me.profile_id)


async def test_who_ended_a_match_is_not_told_about_it(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    match = a_match(ada, ben, status=meeting.MatchStatus.cancelled, ended_by_user_id=ada.me.user_id)
    await happens(db, tenant, meeting.MatchEnded(**match))
    assert await news_of(db, ada) == []
    [(code, data)] = await news_of(db, ben)
    assert (code, set(data), data["status"]) == (
        "match_ended",
        {"match_id", "conversation_id", "status"},
        "cancelled",
    )


async def test_a_match_whose_time_is_up_is_news_for_both(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    await happens(
        db, tenant, meeting.MatchEnded(**a_match(ada, ben, status=meeting.MatchStatus.expired, ended_by_user_id=None))
    )
    assert [len(await news_of(db, person)) for person in (ada, ben)] == [1, 1]


async def test_a_decided_claim_says_what_became_of_it(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    for status, reason in [
        (meeting.ClaimStatus.approved, None),
        (meeting.ClaimStatus.rejected, meeting.ClaimReason.stranger_wrote),
    ]:
        claim = meeting.ClaimDecided(uuid4(), uuid4(), ada.me.user_id, ada.me.profile_id, status=status, reason=reason)
        await happens(db, tenant, claim)
    news = await news_of(db, ada)
    assert [(code, data["reason"]) for code, data in news] == [
        ("claim_rejected", "stranger_wrote"),
        ("claim_approved", None),
    ]


async def test_one_persons_leaving_is_the_others_news_in_the_same_transaction(db: Database, tenant: tenants.Tenant):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    async with db.as_user(ada.me) as tx:
        event = meeting.MatchEnded(
            **a_match(ada, ben, status=meeting.MatchStatus.cancelled, ended_by_user_id=ada.me.user_id)
        )
        await publish(tx, event)
        assert await tx.all(int, "select 1 from app.notifications where tenant_id = $1") == []
    assert [code for code, _ in await news_of(db, ben)] == ["match_ended"]


async def test_a_gift_is_news_for_the_face_it_was_given_to_and_shows_the_givers_face_only(
    db: Database, tenant: tenants.Tenant
):
    ada, ben = await make_person(db, tenant), await make_person(db, tenant)
    event = gifts.GiftGiven(
        gift_id=uuid4(),
        gift_key="tea",
        quantity=3,
        giver_user_id=ada.me.user_id,
        giver_profile_id=ada.me.profile_id,
        receiver_user_id=ben.me.user_id,
        receiver_profile_id=ben.me.profile_id,
        earned=7,
    )
    await happens(db, tenant, event)
    data = {"gift_key": "tea", "quantity": 3, "earned": 7, "from_profile_id": str(ada.me.profile_id)}
    assert await news_of(db, ben) == [("gift_received", data)]
    assert await news_of(db, ada) == []
    async with db.as_user(ben.me) as tx:
        [item] = (await inbox.notifications(tx, None, 5)).items
    assert (item.profile_id, item.read_at) == (ben.me.profile_id, None)


async def test_what_became_of_a_payment_is_news(db: Database, tenant: tenants.Tenant):
    ada, payment_id = await make_person(db, tenant), uuid4()
    await happens(db, tenant, payments.PaymentHeld(payment_id, ada.me.user_id))
    for kind, coins in ((payments.COINS, 120), (premium.PREMIUM, 0)):
        await happens(db, tenant, payments.PaymentSettled(payment_id, ada.me.user_id, kind, coins))
    taken_back = payments.PaymentClawedBack(payment_id, ada.me.user_id, coins=120, owed=20, disputed=True)
    await happens(db, tenant, taken_back)
    assert await news_of(db, ada) == [
        ("payment_taken_back", {"payment_id": str(payment_id), "coins": 120, "owed": 20, "disputed": True}),
        ("payment_settled", {"payment_id": str(payment_id), "coins": 120}),
        ("payment_held", {"payment_id": str(payment_id)}),
    ]


async def test_premium_says_until_when(db: Database, tenant: tenants.Tenant):
    ada, until = await make_person(db, tenant), clock.now() + timedelta(days=30)
    for event in (
        premium.PremiumStarted(ada.me.user_id, until),
        premium.PremiumRenewed(ada.me.user_id, until),
        premium.PremiumInGrace(ada.me.user_id, until),
        premium.PremiumCancelled(ada.me.user_id, until),
        premium.DuplicateSubscriptionPaid(ada.me.user_id, None, enums.ProviderName.apple),
        premium.PremiumEnded(ada.me.user_id),
    ):
        await happens(db, tenant, event)
    said = msgspec.to_builtins(until)
    assert await news_of(db, ada) == [
        ("premium_ended", {}),
        ("premium_paid_twice", {"payment_id": None, "where": "apple"}),
        ("premium_cancelled", {"period_ends_at": said}),
        ("premium_grace", {"grace_ends_at": said}),
        ("premium_renewed", {"period_ends_at": said}),
        ("premium_started", {"period_ends_at": said}),
    ]


async def test_whose_coins_are_kept_back_hears_why_and_that_it_is_over(db: Database, tenant: tenants.Tenant):
    ada = await make_person(db, tenant)
    await happens(db, tenant, wallet.WalletFrozen(ada.me.user_id, "gift_ring"))
    await happens(db, tenant, wallet.WalletThawed(ada.me.user_id))
    assert await news_of(db, ada) == [("wallet_thawed", {}), ("wallet_frozen", {"reason": "gift_ring"})]

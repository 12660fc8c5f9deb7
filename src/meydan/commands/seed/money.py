"""Money of the seed: daily coins and gifts, booked day by day. There are no payments, which reconciliation would miss."""

from __future__ import annotations

from meydan.commands.seed.steps import DAYS, Step

COINS = Step(
    "Coins and gifts",
    """
    with day as materialized (
        select now() - interval '1 day' * (30 - $3::integer) as at, set_config('app.tenant_id', $1::integer::text, true),
            set_config('app.clock_offset', (($3::integer - 30) * 86400)::text, true)  -- it is that day for the ledger
    ), came as materialized (
        select p.user_id, app.transfer(
            $1, 'daily:' || p.user_id || ':' || day.at::date, 'earned',
            array[('person_coins', p.user_id, null, null, 5), ('promotions', null, null, null, -5)]::app.ledger_entry[],
            p.user_id, 'daily'
        )
        from day join app.profiles p on p.tenant_id = $1 and p.face = 'real' and p.created_at < day.at
        where hashtext(p.user_id::text || $3::integer) % 3 = 0
    ), given as (
        insert into app.gifts_sent (
            tenant_id, gift_id, quantity, coins, earned, giver_user_id, giver_profile_id, receiver_user_id,
            receiver_profile_id, idempotency_key, created_at
        )
        select distinct on (met.user1_id) $1::integer, gift.id, 1, gift.price, gift.price / 2, met.user1_id, met.profile1_id, met.user2_id, met.profile2_id,
            'seed:' || met.id, day.at
        from day
        join app.matches met on met.tenant_id = $1 and met.ended_at > day.at - interval '1 day' and met.ended_at <= day.at
        join app.ledger_balances coins on coins.tenant_id = $1
            and coins.account_id = app.ledger_account_id('person_coins', met.user1_id, null, null)
        cross join lateral (
            select * from app.gifts where tenant_id = $1 and price <= coins.balance order by price desc limit 1
        ) gift
        where hashtext(met.id::text) % 4 = 0 and (select count(*) from came) > 0  -- all have come by then
        returning *
    )
    select app.transfer(
        $1, 'gift:' || given.id, 'gift_sent',
        array[
            ('person_coins', giver_user_id, null, null, -coins), ('tenant_revenue', null, null, null, coins)
        ]::app.ledger_entry[],
        giver_user_id, '', given.id,
        jsonb_build_object('gift_key', gift.key, 'quantity', 1, 'profile_id', receiver_profile_id)
    ), app.transfer(
        $1, 'gift:' || given.id || ':received', 'gift_received',
        array[
            ('creator_revenue', receiver_user_id, null, null, earned), ('tenant_revenue', null, null, null, -earned)
        ]::app.ledger_entry[],
        receiver_user_id, '', given.id,
        jsonb_build_object('gift_key', gift.key, 'quantity', 1, 'profile_id', giver_profile_id)
    )
    from given join app.gifts gift on gift.tenant_id = $1 and gift.id = given.gift_id
    """,
    repeated=DAYS,
)

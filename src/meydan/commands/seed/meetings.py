"""Meetings of the seed: a month of matches and their conversations, claims, blocks, reports and notifications."""

from __future__ import annotations

from meydan.commands.seed.steps import DAYS, Step

MATCHES = Step(
    "Meetings",
    """
    with here as (
        select p.user_id, p.id as profile_id, row_number() over (order by random()) as place
        from app.profiles p
        where p.tenant_id = $1 and p.face = 'real' and p.created_at < now() - interval '1 day' * (30 - $3)
            and random() < 0.5
    ), pair as (
        select uuidv7(at.made_at - now()) as conversation, one.user_id as u1, one.profile_id as p1, two.user_id as u2, two.profile_id as p2,
            at.made_at, least(at.made_at + interval '24 hours', case when random() < 0.6
                then at.made_at + interval '1 minute' * (2 + floor(random() * 90)) end, now()) as over_at,
            random() < 0.15 as silent, 2 + floor(random() * 40)::integer as words
        from here one join here two on two.place = one.place + 1 and one.place % 2 = 1
        cross join lateral (
            select now() - interval '1 day' * (30 - $3) - interval '25 hours' - interval '1 hour' * random() * 8
                + one.place * interval '0' as made_at
        ) at
        where not exists (
            select from app.encounters met
            where met.tenant_id = $1 and met.first_profile_id = least(one.profile_id, two.profile_id)
                and met.second_profile_id = greatest(one.profile_id, two.profile_id)
        )
    ), conversed as (
        insert into app.conversations (tenant_id, id, match_id, opener_profile_id, epoch, last_seq, expires_at, closed_at, purged_at, created_at)
        select $1, conversation, uuidv7(made_at - now()), p1, 1, words + 1, made_at + interval '24 hours', over_at, now(), made_at from pair
        returning id, match_id
    ), matched as (
        insert into app.matches (
            tenant_id, id, type, status, user1_id, user2_id, profile1_id, profile2_id, conversation_id, claim_opens_at,
            expires_at, ended_at, ended_by_user_id, created_at
        )
        select $1, conversed.match_id, 'anonymous_text',
            case when over_at < made_at + interval '24 hours' then 'cancelled' else 'expired' end, u1, u2, p1, p2, conversation,
            made_at + interval '2 hours', made_at + interval '24 hours', over_at,
            case when over_at < made_at + interval '24 hours' then u1 end, made_at
        from pair join conversed on conversed.id = pair.conversation
    ), members as (
        insert into app.conversation_members (tenant_id, conversation_id, profile_id, user_id, delivered_seq, read_seq, created_at)
        select $1, conversation, side.profile, side.person, words + 1, words + 1, made_at
        from pair cross join lateral (values (p1, u1), (p2, u2)) side (profile, person)
    ), written as (
        insert into app.message_logs (
            tenant_id, conversation_id, seq, match_id, kind, sender_user_id, receiver_user_id, sent_at, delivered_at
        )
        select $1, conversation, n, conversed.match_id, case when n = 1 then 'commit' else 'text' end,
            case when silent or n = 1 or turn.mine then u1 else u2 end, case when silent or n = 1 or turn.mine then u2 else u1 end,
            sent.at, sent.at + interval '1 second' * random()
        from pair join conversed on conversed.id = pair.conversation
        cross join lateral generate_series(1, words + 1) n
        cross join lateral (select hashtext(conversation::text || n) % 2 = 0 as mine) turn
        cross join lateral (select made_at + (over_at - made_at) * n / (words + 2) as at) sent
    ), counted as (
        insert into app.daily_quota as known (tenant_id, user_id, kind, day, used)
        select $1, side.person, 'text', (made_at at time zone 'Europe/Istanbul')::date, 1
        from pair cross join lateral (values (u1), (u2)) side (person)
        on conflict (tenant_id, user_id, kind, day) do update set used = known.used + 1
    )
    insert into app.encounters (tenant_id, first_profile_id, second_profile_id, met_at)
    select $1, least(p1, p2), greatest(p1, p2), made_at from pair
    """,
    repeated=DAYS,
)
CLAIMS = Step(
    "Claims",
    """
    insert into app.claims (tenant_id, id, user_id, profile_id, match_id, status, reason, decided_at, created_at)
    select $1, uuidv7(asked.at - now()), m.user1_id, m.profile1_id, m.id,
        case when m.status = 'cancelled' and m.ended_at < m.claim_opens_at then 'rejected' else 'approved' end,
        case when m.status = 'cancelled' and m.ended_at < m.claim_opens_at then 'left_early' end,
        asked.at + interval '1 minute', asked.at
    from app.matches m
    cross join lateral (select m.claim_opens_at + interval '10 minutes' as at) asked
    where m.tenant_id = $1 and asked.at < now() - interval '2 minutes' and not exists (
        select from app.message_logs l
        where l.tenant_id = $1 and l.conversation_id = m.conversation_id and l.kind = 'text' and l.sender_user_id = m.user2_id
    )
    on conflict do nothing
    """,
)
TROUBLE = Step(
    "Blocks, reports",
    """
    with sour as (
        select * from app.matches m where m.tenant_id = $1 and abs(hashtext(m.id::text)) % 25 = 0
    ), blocked as (
        insert into app.blocks (
            tenant_id, id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id, created_at
        )
        select $1, uuidv7(ended_at - now()), user1_id, profile1_id, user2_id, profile2_id, ended_at from sour
        on conflict do nothing
    )
    insert into app.reports (
        tenant_id, id, reporter_user_id, reporter_profile_id, reported_user_id, reported_profile_id, reason, text, match_id, created_at
    )
    select $1, uuidv7(ended_at - now()), user1_id, profile1_id, user2_id, profile2_id,
        (array['spam', 'harassment', 'other'])[1 + abs(hashtext(id::text)) % 3], '', id, ended_at
    from sour where abs(hashtext(id::text)) % 2 = 0
    on conflict do nothing
    """,
)
NOTIFICATIONS = Step(
    "Notifications",
    """
    insert into app.notifications (tenant_id, id, user_id, profile_id, kind, code, data, read_at, created_at)
    select $1, uuidv7(created_at - now()), id, null, 'system', 'welcome', '{}'::jsonb, created_at, created_at
    from app.users where tenant_id = $1 and phone not like '+90555000000%'  -- the two who registered have theirs
    union all
    select $1, uuidv7(c.decided_at - now()), c.user_id, c.profile_id, 'claim',
        case when c.status = 'approved' then 'claim_approved' else 'claim_rejected' end,
        jsonb_build_object('claim_id', c.id, 'match_id', c.match_id, 'reason', c.reason),
        case when c.decided_at < now() - interval '3 days' then c.decided_at + interval '1 hour' end, c.decided_at
    from app.claims c where c.tenant_id = $1 and c.decided_at is not null
    union all
    select $1, uuidv7(m.ended_at - now()), m.user2_id, m.profile2_id, 'match', 'match_ended',
        jsonb_build_object('match_id', m.id, 'conversation_id', m.conversation_id, 'status', m.status),
        case when m.ended_at < now() - interval '3 days' then m.ended_at + interval '1 hour' end, m.ended_at
    from app.matches m where m.tenant_id = $1 and m.ended_by_user_id = m.user1_id
    """,
)

"""`meydan seed`: fills a tenant with made-up people, and a month of their activity.

Two of them can log in. Statements are set-based and run as the schema's owner: ten thousand people take seconds. It makes
no messages: only browsers can encrypt them, and they expire after a day. It makes no payments: reconciliation would miss
them in the provider's books.
"""

from __future__ import annotations

import asyncio
import secrets
import uuid
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from meydan.commands import PlainError, data_option
from meydan.commands.local_database import product, running_database
from meydan.config import Environment

if TYPE_CHECKING:
    from meydan.config import Settings
    from meydan.kit.database import Database

DEMO_PASSWORD = "lamp-light-on-stone-42"  # noqa: S105 -- printed for the developer, never in production
_DEMO = {"ayse": "Ayşe", "deniz": "Deniz"}
_DAYS = 30
_BATCH = 500


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


_ALIASES = _words(
    "Kedi Adam, Gece Yolcusu, Lodos, Poyraz, Martı, Simitçi, Ihlamur, Kestane, Yakamoz, Pusula, Rüzgar Gülü, Son Vapur,"
    "Çay Saati, Mavi Kapı, Eski Plak, Sahaf, Bulut, Yağmurcu, Deniz Feneri, Nar Çiçeği, Zeytin, Kumru, Sardunya, Dolunay,"
    "Boş Sayfa, Night Walker, Blue Hour, Paper Boat, Quiet Corner, Old Radio, Second Tea, Window Seat, Late Train,"
    "Salt Wind, Small Lamp, Left Bank, Soft Rain, Open Map, Green Door, Far Light"
)
_BIOS = (
    "Uyumadan önce biraz sohbet.",
    "Kitap, kahve, kedi. Sırası değişebilir.",
    "Bu şehirde üçüncü yılım, hâlâ kayboluyorum.",
    "Dinlemeyi severim.",
    "Bir film öner, ben de bir şarkı önereyim.",
    "I talk to strangers better than to neighbours.",
    "Tell me about the last book you could not finish.",
    "Learning Turkish, slowly.",
    "",
    "",
)
_INTERESTS = _words(
    "music, cinema, books, poetry, history, philosophy, travel, nature, food, coffee, football, sport, games, technology,"
    "science, art, photography, theatre, cats, dogs, languages, night"
)
_CITIES = (
    (41.0, 29.0),
    (39.9, 32.9),
    (38.4, 27.1),
    (40.2, 29.1),
    (36.9, 30.7),
    (41.0, 39.7),
    (37.0, 35.3),
    (52.5, 13.4),
)


class _KnownUser(Struct, frozen=True):
    id: uuid.UUID
    username: str | None


class Step(Struct, frozen=True):
    words: str
    sql: str
    repeated: int = 1
    """Number of runs; ``$3`` is the turn, from 0."""


# $1 tenant, $2 number of people, $3 turn, $4 hash of an unknown password, $5 … word lists.
_PEOPLE = Step(
    "People",
    """
    with made as (
        insert into app.users (tenant_id, id, phone, birth_date, language, password_hash, created_at)
        select $1, uuidv7(came.at - now()), '+90555' || lpad((1000000 + n)::text, 7, '0'),
            current_date - (19 * 365 + floor(random() * 9000))::integer, case when random() < 0.8 then 'tr' else 'en' end,
            $4, came.at
        from generate_series($3 * 500, least(($3 + 1) * 500, $2) - 1) n
        cross join lateral (select now() - interval '35 days' * power(random(), 0.7) - interval '1 hour' + n * interval '0' as at) came
        returning id, language, created_at
    )
    insert into app.profiles (
        tenant_id, user_id, face, alias, tag, bio, gender, interests, languages, latitude, longitude, avatar_seed, created_at
    )
    select $1, made.id, 'real', ($5::text[])[1 + abs(hashint8(pick.h)) % cardinality($5::text[])],
        lpad((row_number() over (order by made.id) + $3 * 500)::text, 4, '0'),
        ($6::text[])[1 + abs(hashint8(pick.h + 1)) % cardinality($6::text[])],
        (array['female', 'male', 'female', 'male', 'other', null])[1 + abs(hashint8(pick.h + 2)) % 6],
        (select array_agg(word) from (
            select word from unnest($7::text[]) word order by hashtext(word || made.id::text) limit 2 + abs(hashint8(pick.h + 3)) % 5
        ) chosen),
        case when made.language = 'tr' and abs(hashint8(pick.h + 4)) % 3 = 0 then array['tr', 'en'] else array[made.language] end,
        place.latitude, place.longitude, replace(gen_random_uuid()::text, '-', ''), made.created_at
    from made
    cross join lateral (select hashtextextended(made.id::text, 7) % 1000000 as h) pick
    cross join lateral (
        select ($8::float8[])[1 + abs(hashint8(pick.h + 5)) % cardinality($8::float8[])] as latitude,
            ($9::float8[])[1 + abs(hashint8(pick.h + 5)) % cardinality($9::float8[])] as longitude
    ) place
    """,
)
_SHADOWS = Step(
    "Shadows",
    """
    insert into app.profiles (tenant_id, user_id, face, alias, tag, languages, avatar_seed, created_at)
    select $1, user_id, 'shadow', 'gölge', lpad((row_number() over (order by id))::text, 4, '0'), languages,
        replace(gen_random_uuid()::text, '-', ''), date_trunc('day', created_at)
    from app.profiles where tenant_id = $1 and face = 'real' and abs(hashint8(hashtext(id::text))) % 12 = 0
    """,
)
_MATCHES = Step(
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
            where met.tenant_id = $1 and met.first_user_id = least(one.user_id, two.user_id)
                and met.second_user_id = greatest(one.user_id, two.user_id)
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
    insert into app.encounters (tenant_id, first_user_id, second_user_id, met_at)
    select $1, least(u1, u2), greatest(u1, u2), made_at from pair
    """,
    repeated=_DAYS,
)
_CLAIMS = Step(
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
_TROUBLE = Step(
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
_INVITATIONS = Step(
    "Invitations",
    """
    with codes as (
        insert into app.invite_codes (tenant_id, user_id, profile_id, code, created_at)
        select $1, user_id, id, translate(upper(substr(md5(id::text), 1, 8)), '01', '23'), created_at
        from app.profiles where tenant_id = $1 and face = 'real'
        on conflict do nothing
    ), guests as (
        select id, created_at, row_number() over (order by id) as n from app.users
        where tenant_id = $1 and abs(hashtext(id::text)) % 9 = 0
    ), hosts as (
        select id, created_at, row_number() over (order by id) as n, count(*) over () as all_of_them from app.users
        where tenant_id = $1 and abs(hashtext(id::text)) % 9 between 1 and 3
    )
    insert into app.referrals (tenant_id, id, inviter_user_id, invited_user_id, reward_given, decided_at, created_at)
    select $1, uuidv7(guests.created_at - now()), hosts.id, guests.id, true, guests.created_at + interval '1 minute', guests.created_at
    from guests join hosts on hosts.n = 1 + guests.n % hosts.all_of_them and hosts.created_at < guests.created_at
    on conflict do nothing
    """,
)
_COINS = Step(
    "Coins and gifts",
    """
    with day as materialized (
        select now() - interval '1 day' * (30 - $3::integer) as at, set_config('app.tenant_id', $1::integer::text, true),
            set_config('app.clock_offset', (($3::integer - 30) * 86400)::text, true)  -- it is that day for the ledger
    ), came as materialized (
        select p.user_id, app.transfer(
            $1, 'daily:' || p.user_id || ':' || day.at::date, 'earned', array['person_coins', 'promotions'], array[p.user_id, null],
            array[null, null]::text[], array[null, null]::text[], array[5, -5]::bigint[], p.user_id, 'daily'
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
        $1, 'gift:' || given.id, 'gift_sent', array['person_coins', 'tenant_revenue'], array[giver_user_id, null],
        array[null, null]::text[], array[null, null]::text[], array[-coins, coins], giver_user_id, '', given.id,
        jsonb_build_object('gift_key', gift.key, 'quantity', 1, 'profile_id', receiver_profile_id)
    ), app.transfer(
        $1, 'gift:' || given.id || ':received', 'gift_received', array['creator_revenue', 'tenant_revenue'],
        array[receiver_user_id, null], array[null, null]::text[], array[null, null]::text[], array[earned, -earned],
        receiver_user_id, '', given.id,
        jsonb_build_object('gift_key', gift.key, 'quantity', 1, 'profile_id', giver_profile_id)
    )
    from given join app.gifts gift on gift.tenant_id = $1 and gift.id = given.gift_id
    """,
    repeated=_DAYS,
)
_NOTIFICATIONS = Step(
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


@click.command()
@click.option("--people", type=click.IntRange(2, 9_000), default=600, show_default=True, help="How many.")
@click.option("--tenant", "slug", default="default", show_default=True, help="The community to fill; it must be empty.")
@data_option
def seed(people: int, slug: str, data: Path | None) -> None:
    """Fill a community with a believable month: people, meetings, claims, invitations, gifts.

    Two of the people can be logged in as; how is printed.
    """
    with running_database(data) as settings:
        if settings.environment is Environment.production:
            raise PlainError("This is a production installation: no made-up people belong into it.")
        phones = asyncio.run(_seed(settings, people, slug))
    click.echo(f"\nLog in with {' or '.join(phones)}, password {DEMO_PASSWORD}")


async def _seed(settings: Settings, people: int, slug: str) -> list[str]:
    import asyncpg
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    async with product(settings) as db:
        tenant_id, demo = await _demo_people(db, slug)
    steps = [
        Step(_PEOPLE.words, _PEOPLE.sql, -(-people // _BATCH)),
        _SHADOWS,
        _MATCHES,
        _CLAIMS,
        _TROUBLE,
        _INVITATIONS,
        _COINS,
        _NOTIFICATIONS,
    ]
    connection = await asyncpg.connect(settings.database.owner_url)
    columns = TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    try:
        with Progress(*columns) as progress:
            async with connection.transaction():
                phones = await _do_backdate(connection, tenant_id, demo)
                arguments = _arguments(tenant_id, people)
                for step in steps:
                    task = progress.add_task(step.words, total=step.repeated)
                    for turn in range(step.repeated):
                        await _run(connection, step.sql, {**arguments, 3: turn})
                        progress.advance(task)
                    await connection.execute("analyze")  # the next step's plans know how much there is
    finally:
        await connection.close()
    return phones


async def _demo_people(db: Database, slug: str) -> tuple[int, list[uuid.UUID]]:
    """Registers the two people who can log in, as people do over HTTP."""
    from meydan import accounts, tenants

    tenant = await tenants.Directory(db).find("", slug)
    if tenant.slug != slug:
        raise PlainError(f"There is no community {slug}. Make it first: meydan tenant add {slug} --name …")
    async with db.as_service(tenant.id) as tx:
        there = await tx.all(_KnownUser, "select id, username from app.users where tenant_id = $1 limit 3")
    if {person.username for person in there} - set(_DEMO):
        raise PlainError(f"There are people in {slug} already: a demo is only made in an empty community.")
    made = [person.id for person in there]  # of a seed that was interrupted
    for username, alias in _DEMO.items():
        if username in {person.username for person in there}:
            continue
        done = await accounts.do_register(
            db,
            tenant.id,
            accounts.RegisterUserRequest(
                username=username,
                password=DEMO_PASSWORD,
                alias=alias,
                birth_date=date(1994, 5, 17),
                language=tenants.Language.turkish,
                device=accounts.ClientDevice(id=uuid.uuid4(), name="meydan seed"),
            ),
            "127.0.0.1",
        )
        made.append(done.session.me.user_id)
    return tenant.id, made


async def _do_backdate(connection: Any, tenant_id: int, people: list[uuid.UUID]) -> list[str]:
    """Backdates the demo people by a month and sets a proved phone number, which meeting strangers requires."""
    phones = []
    for number, person in enumerate(people, 1):
        phone = f"+90555000000{number}"
        await connection.execute(
            """
            update app.users set phone = $3, created_at = now() - interval '34 days'
            where tenant_id = $1 and id = $2
            """,
            tenant_id,
            person,
            phone,
        )
        await connection.execute(
            """
            update app.profiles
            set created_at = now() - interval '34 days', interests = $3, latitude = 41.0, longitude = 29.0
            where tenant_id = $1 and user_id = $2
            """,
            tenant_id,
            person,
            ["books", "cinema", "coffee", "night"],
        )
        phones.append(phone)
    return phones


def _arguments(tenant_id: int, people: int) -> dict[int, object]:
    from argon2 import PasswordHasher

    unknown_password = PasswordHasher().hash(secrets.token_hex(16))
    latitudes, longitudes = zip(*_CITIES, strict=True)
    return {
        1: tenant_id,
        2: people,
        4: unknown_password,
        5: _ALIASES,
        6: _BIOS,
        7: _INTERESTS,
        8: latitudes,
        9: longitudes,
    }


async def _run(connection: Any, sql: str, arguments: dict[int, object]) -> None:
    """Executes with only the parameters that the statement names, renumbered without gaps."""
    used = [number for number in sorted(arguments) if f"${number}" in sql]
    for place, number in enumerate(used, 1):
        sql = sql.replace(f"${number}", f"${place}")
    await connection.execute(sql, *(arguments[number] for number in used))

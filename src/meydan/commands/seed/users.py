"""Users of the seed: real faces, shadows and invitations, from lists of words."""

from __future__ import annotations

from meydan.commands.seed.steps import Step

BATCH = 500


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

_LATITUDES, _LONGITUDES = zip(*_CITIES, strict=True)
ARGUMENTS: dict[int, object] = {5: _ALIASES, 6: _BIOS, 7: _INTERESTS, 8: _LATITUDES, 9: _LONGITUDES}

PEOPLE = Step(
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
SHADOWS = Step(
    "Shadows",
    """
    insert into app.profiles (tenant_id, user_id, face, alias, tag, languages, avatar_seed, created_at)
    select $1, user_id, 'shadow', 'gölge', lpad((row_number() over (order by id))::text, 4, '0'), languages,
        replace(gen_random_uuid()::text, '-', ''), date_trunc('day', created_at)
    from app.profiles where tenant_id = $1 and face = 'real' and abs(hashint8(hashtext(id::text))) % 12 = 0
    """,
)
INVITATIONS = Step(
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

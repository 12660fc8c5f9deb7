-- Nothing that two faces of one person would have in common is returned. A shadow shows no age, because it changes on
-- the same day as the real profile's.
create or replace function app.public_profiles(in_profile_ids uuid[])
returns table (
    id uuid, alias text, tag text, bio text, gender text, interests text[], age integer, avatar_seed text
)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select p.id, p.alias, p.tag, p.bio, p.gender, p.interests,
           case when p.face = 'real' then
               extract(year from age((app.now() at time zone t.timezone)::date, u.birth_date))::integer
           end,
           p.avatar_seed
    from app.profiles p
    cross join lateral (
        select known.birth_date from app.users known where known.tenant_id = p.tenant_id and known.id = p.user_id offset 0
    ) u
    join app.tenants t on t.id = p.tenant_id
    where p.tenant_id = app.tenant_id() and p.id = any(in_profile_ids)
$$;

comment on function app.public_profiles is
    'Returns the profiles with these ids, with the columns that other people may see.';
revoke all on function app.public_profiles from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.public_profiles to meydan_app, meydan_service;

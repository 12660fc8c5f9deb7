-- People: who they are, the faces they show, the devices and sessions they are logged in with, and the codes they prove
-- an address with.

create table app.users (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    -- A phone number or an e-mail address stands here only once its owner has proved it with a code.
    phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    email text check (email = lower(email) and length(email) <= 254),
    username text check (username ~ '^[a-z0-9_.]{3,30}$'),
    password_hash text check (length(password_hash) <= 255),
    birth_date date,
    role text not null default 'user' check (role in ('user', 'creator', 'moderator', 'admin', 'owner')),
    language text not null check (language in ('tr', 'en')),
    -- Banned while there is a reason and the time, if there is one, is not over.
    ban_reason text check (length(ban_reason) <= 200),
    banned_until timestamptz,
    erased_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, phone),
    unique (tenant_id, email),
    unique (tenant_id, username),
    check (banned_until is null or ban_reason is not null),
    check (erased_at is not null or (password_hash is not null and birth_date is not null)),
    check (erased_at is not null or num_nonnulls(phone, email, username) > 0),
    check (erased_at is null or num_nonnulls(phone, email, username, password_hash, birth_date) = 0)
);
select app.protect('app.users');
revoke delete on app.users from meydan_service;
create policy own_read on app.users for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and id = (select app.user_id()));
create policy own_change on app.users for update to meydan_app
    using (tenant_id = (select app.tenant_id()) and id = (select app.user_id()))
    with check (tenant_id = (select app.tenant_id()) and id = (select app.user_id()));
-- The password hash is nobody's to read, not even its owner's.
grant select (
    tenant_id, id, phone, email, username, birth_date, role, language, ban_reason, banned_until, erased_at, created_at
) on app.users to meydan_app;
grant update (language) on app.users to meydan_app;

-- Two aliases are the same when a person would read them as the same: case, width and the four Turkish i do not count.
create function app.alias_key(alias text) returns text language sql immutable parallel safe
return lower(translate(normalize(alias, nfkc), U&'\0130I\0131\0307', 'iii'));

create table app.profiles (
    tenant_id integer not null references app.tenants,
    -- Random, not by time: ids of one person's two faces must have nothing in common.
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    face text not null check (face in ('real', 'shadow')),
    alias text not null check (length(alias) <= 24),
    alias_key text not null generated always as (app.alias_key(alias)) stored,
    tag text not null check (tag ~ '^[0-9]{4}$' or (tag = '' and alias = '')),
    bio text not null default '' check (length(bio) <= 500),
    gender text check (gender in ('female', 'male', 'other')),
    interests text[] not null default '{}' check (cardinality(interests) <= 20),
    languages text[] not null default '{}' check (cardinality(languages) <= 5),
    -- The middle of a cell of about ten kilometres: where exactly somebody is reaches no disk.
    latitude double precision check (latitude between -90 and 90 and latitude = round(latitude::numeric, 1)),
    longitude double precision check (longitude between -180 and 180 and longitude = round(longitude::numeric, 1)),
    avatar_seed text not null check (length(avatar_seed) <= 32),
    -- Of a shadow only the day.
    created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    unique (tenant_id, user_id, face),
    check ((latitude is null) = (longitude is null))
);
create unique index profiles_alias_tag on app.profiles (tenant_id, alias_key, tag) where alias <> '';
select app.protect('app.profiles');
revoke delete on app.profiles from meydan_service;
create policy own_read on app.profiles for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_change on app.profiles for update to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_shadow on app.profiles for insert to meydan_app
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and face = 'shadow');
-- Without user_id: a person reads only their own rows, and not even there which user they belong to.
grant select (
    tenant_id, id, face, alias, tag, bio, gender, interests, languages, latitude, longitude, avatar_seed, created_at
) on app.profiles to meydan_app;
grant update (alias, tag, bio, gender, interests, languages, latitude, longitude) on app.profiles to meydan_app;
grant insert (tenant_id, id, user_id, face, alias, tag, avatar_seed, created_at) on app.profiles to meydan_app;

-- What others may see of a profile whose id they know, and nothing that two faces of one person would have in common:
-- a shadow shows no age, which changes on the same day as the real one's.
create function app.public_profiles(ids uuid[])
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
    join app.users u on u.tenant_id = p.tenant_id and u.id = p.user_id
    join app.tenants t on t.id = p.tenant_id
    where p.tenant_id = app.tenant_id() and p.id = any(ids)
$$;
revoke all on function app.public_profiles(uuid[]) from public;
grant execute on function app.public_profiles(uuid[]) to meydan_app, meydan_service;

-- A tag that nobody has with this alias, null when all ten thousand are taken. Somebody else may still be quicker: the
-- unique index decides.
create function app.free_tag(wanted text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    wanted_key text := app.alias_key(wanted);
    candidate text;
begin
    for _ in 1..10 loop
        candidate := lpad(floor(random() * 10000)::integer::text, 4, '0');
        if not exists (
            select from app.profiles p
            where p.tenant_id = app.tenant_id() and p.alias_key = wanted_key and p.tag = candidate and p.alias <> ''
        ) then
            return candidate;
        end if;
    end loop;
    return (
        select lpad(n::text, 4, '0') as tag from generate_series(0, 9999) n
        except
        select p.tag from app.profiles p where p.tenant_id = app.tenant_id() and p.alias_key = wanted_key and p.alias <> ''
        limit 1
    );
end $$;
revoke all on function app.free_tag(text) from public;
grant execute on function app.free_tag(text) to meydan_app, meydan_service;

create table app.devices (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    -- Made by the client and kept there; two people may share one browser.
    client_id uuid not null,
    name text not null check (length(name) <= 80),
    last_seen_at timestamptz not null default app.now(),
    forgotten_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    unique (tenant_id, user_id, client_id)
);
select app.protect('app.devices');
create policy own_read on app.devices for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_forget on app.devices for update to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and forgotten_at is not null);
grant select (tenant_id, id, client_id, name, last_seen_at, forgotten_at, created_at) on app.devices to meydan_app;
grant update (forgotten_at) on app.devices to meydan_app;

-- A session is a family of refresh tokens, of which none is kept: each is made from the salt, its number and the
-- installation's key, so the database alone opens nothing.
create table app.sessions (
    tenant_id integer not null references app.tenants,
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    device_id uuid not null,
    profile_id uuid not null,
    address_hint text not null check (length(address_hint) <= 45),
    refresh_salt bytea not null check (length(refresh_salt) = 16),
    refresh_number integer not null default 0,
    rotated_at timestamptz not null default app.now(),
    last_seen_at timestamptz not null default app.now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text check (end_reason in ('logout', 'revoked', 'token_reuse', 'password', 'banned', 'erased', 'staff')),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, device_id) references app.devices (tenant_id, id),
    foreign key (tenant_id, profile_id) references app.profiles (tenant_id, id),
    check ((ended_at is null) = (end_reason is null))
);
create index sessions_user on app.sessions (tenant_id, user_id) where ended_at is null;
create index sessions_device on app.sessions (tenant_id, device_id);
select app.protect('app.sessions');
create policy own_read on app.sessions for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_end on app.sessions for update to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and ended_at is not null);
grant select (
    tenant_id, id, device_id, profile_id, address_hint, last_seen_at, expires_at, ended_at, end_reason, created_at
) on app.sessions to meydan_app;
grant update (ended_at, end_reason) on app.sessions to meydan_app;

-- One row for each code that was asked for, whether or not there was anybody to send it to, and for each notice that
-- something about logging in has changed, which bears no code.
create table app.otp_verifications (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    purpose text not null check (purpose in ('register', 'login', 'reset', 'verify', 'notice')),
    channel text not null check (channel in ('sms', 'email')),
    address text not null check (length(address) <= 254),
    code_hash bytea not null,
    attempts_left integer not null check (attempts_left >= 0),
    -- For the limits: who asked, from where, to which country, for how much.
    network text not null check (length(network) <= 45),
    device_id uuid,
    country text check (length(country) <= 3),
    cost_cents integer not null check (cost_cents >= 0),
    expires_at timestamptz not null,
    sent_at timestamptz,
    verified_at timestamptz,
    spent_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id)
);
create index otp_verifications_address on app.otp_verifications (tenant_id, address, created_at);
create index otp_verifications_network on app.otp_verifications (tenant_id, network, created_at);
create index otp_verifications_created on app.otp_verifications (tenant_id, created_at);
select app.protect('app.otp_verifications');

-- How often a log in (or a registration) was tried of late, by keyed hashes of who and from where.
create table app.login_attempts (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    scope text not null check (scope in ('account', 'address', 'device', 'pair', 'register')),
    key bytea not null,
    tries integer not null,
    last_try_at timestamptz not null default app.now(),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, scope, key)
);
create index login_attempts_last on app.login_attempts (tenant_id, last_try_at);
select app.protect('app.login_attempts');

-- Keyed hashes of every phone number and e-mail address that was ever proved here: a banned one stays banned and a known
-- one is no new person, also after its owner was erased.
create table app.known_contacts (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    contact_hash bytea not null,
    ban_reason text check (length(ban_reason) <= 200),
    banned_until timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, contact_hash)
);
select app.protect('app.known_contacts');
revoke delete on app.known_contacts from meydan_service;

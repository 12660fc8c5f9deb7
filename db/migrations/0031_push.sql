-- Web Push: subscribed browsers, and what each person wants to know there, when, and in which words.
-- serves: 0023
create table app.push_subscriptions (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    session_id uuid not null,
    endpoint text not null check (length(endpoint) between 1 and 2048),
    public_key bytea not null check (length(public_key) = 65),
    auth_secret bytea not null check (length(auth_secret) = 16),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, session_id) references app.sessions (tenant_id, id) on delete cascade,
    unique (tenant_id, session_id),
    -- Across communities: one browser has one endpoint for all of them that share an address.
    unique (endpoint)
);
create index push_subscriptions_of_user on app.push_subscriptions (tenant_id, user_id);
select app.enable_tenant_rls('app.push_subscriptions');
create policy own_read on app.push_subscriptions for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_end on app.push_subscriptions for delete to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (tenant_id, id, session_id, created_at), delete on app.push_subscriptions to meydan_app;

create table app.push_preferences (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    muted text[] not null default '{}'
        check (muted <@ array['message', 'meeting', 'gift', 'money', 'account', 'community']),
    detail text not null default 'kind' check (detail in ('nothing', 'kind', 'names')),
    -- Minutes of the day in the person's own time zone; the quiet may go over midnight.
    quiet_from integer check (quiet_from between 0 and 1439),
    quiet_until integer check (quiet_until between 0 and 1439),
    timezone text check (length(timezone) between 1 and 64),
    updated_at timestamptz not null default app.now(),
    primary key (tenant_id, user_id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    check (num_nulls(quiet_from, quiet_until, timezone) in (0, 3) and quiet_from <> quiet_until)
);
select app.enable_tenant_rls('app.push_preferences');
create policy own_read on app.push_preferences for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_make on app.push_preferences for insert to meydan_app
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_change on app.push_preferences for update to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select on app.push_preferences to meydan_app;
grant insert (tenant_id, user_id, muted, detail, quiet_from, quiet_until, timezone) on app.push_preferences to meydan_app;
grant update (muted, detail, quiet_from, quiet_until, timezone, updated_at) on app.push_preferences to meydan_app;

-- Below this line: written by `make functions` from db/functions. Change it there.

-- What one person does is pushed to others, whose browsers they cannot see: written here.
create or replace function app.queue_pushes(
    in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_notification_ids uuid[],
    in_entrypoint text, in_job jsonb, in_key text
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    receiving record;
begin
    for receiving in
        select subscription.id, jsonb_build_object(
            'subscription_id', subscription.id, 'user_id', named.user_id, 'profile_id', named.profile_id,
            'notification_id', named.notification_id
        ) as target
        from unnest(in_user_ids, in_profile_ids, in_notification_ids)
            as named (user_id, profile_id, notification_id)
        join app.push_subscriptions subscription on subscription.tenant_id = in_tenant_id
            and subscription.user_id = named.user_id
        where in_tenant_id = app.tenant_id()
        order by subscription.id
    loop
        perform app.queue_job(in_entrypoint, convert_to((in_job || receiving.target)::text, 'UTF8'), interval '0',
            receiving.id || ':' || in_key);
    end loop;
end $$;

comment on function app.queue_pushes is
    'Queues a job for each browser in which one of the named users is subscribed. Most have none.';
revoke all on function app.queue_pushes from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.queue_pushes to meydan_app, meydan_service;

-- A browser has one endpoint for every community at one address.
-- Whoever logged in there last has it, so the endpoint is taken from any other session, whatever its community.
-- The session's row is held: one that is being ended ends first, or ends the new subscription with it.
create or replace function app.subscribe_to_push(
    in_tenant_id integer, in_session_id uuid, in_endpoint text, in_public_key bytea, in_auth_secret bytea
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    subscribed uuid;
begin
    perform from app.sessions mine
    where mine.tenant_id = in_tenant_id and mine.tenant_id = app.tenant_id() and mine.id = in_session_id
        and mine.user_id = app.user_id() and mine.ended_at is null and mine.expires_at > app.now()
    for no key update;
    if not found then
        return null;
    end if;
    perform from app.push_subscriptions other
    where other.endpoint = in_endpoint or (other.tenant_id = in_tenant_id and other.session_id = in_session_id)
    order by other.id for update;
    delete from app.push_subscriptions other
    where (other.endpoint = in_endpoint) <> (other.tenant_id = in_tenant_id and other.session_id = in_session_id)
        and (other.endpoint = in_endpoint or (other.tenant_id = in_tenant_id and other.session_id = in_session_id));
    insert into app.push_subscriptions as kept
        (tenant_id, user_id, session_id, endpoint, public_key, auth_secret)
    values (in_tenant_id, app.user_id(), in_session_id, in_endpoint, in_public_key, in_auth_secret)
    on conflict (endpoint) do update set
        tenant_id = excluded.tenant_id, user_id = excluded.user_id, session_id = excluded.session_id,
        public_key = excluded.public_key, auth_secret = excluded.auth_secret,
        -- Jobs that wait for the one before must not reach the one after.
        id = case when (kept.tenant_id, kept.session_id) = (excluded.tenant_id, excluded.session_id)
            then kept.id else excluded.id end
    returning kept.id into subscribed;
    return subscribed;
end $$;

comment on function app.subscribe_to_push is
    'Gives a browser''s endpoint to the caller''s session, and takes it from others. Null without a live session. Locks: sessions, push_subscriptions.';
revoke all on function app.subscribe_to_push from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.subscribe_to_push to meydan_app;

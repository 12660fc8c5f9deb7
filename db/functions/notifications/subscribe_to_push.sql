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

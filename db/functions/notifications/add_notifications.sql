-- What one person does may be news for others: written here, where they cannot write themselves.
create or replace function app.add_notifications(
    in_tenant_id integer, in_user_ids uuid[], in_profile_ids uuid[], in_kind text, in_code text, in_data jsonb,
    in_is_seen boolean
) returns table (user_id uuid, profile_id uuid, id uuid, created_at timestamptz, unread integer)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with added as (
        insert into app.notifications as written (tenant_id, user_id, profile_id, kind, code, data, read_at)
        select app.tenant_id(), named.user_id, named.profile_id,
            in_kind, in_code, in_data,
            case when in_is_seen then app.now() end
        from unnest(in_user_ids, in_profile_ids) as named (user_id, profile_id)
        where app.tenant_id() = in_tenant_id
        returning written.user_id, written.profile_id, written.id, written.created_at
    )
    select added.user_id, added.profile_id, added.id, added.created_at, (
        -- The statement sees what was there before it: the new one comes on top.
        select (not in_is_seen)::integer + count(*) from app.notifications waiting
        where waiting.tenant_id = app.tenant_id() and waiting.user_id = added.user_id and waiting.read_at is null
    )::integer
    from added;
end;

comment on function app.add_notifications is
    'Adds a notification for each named user. Returns them with each user''s number of unread ones.';
revoke all on function app.add_notifications from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_notifications to meydan_app, meydan_service;

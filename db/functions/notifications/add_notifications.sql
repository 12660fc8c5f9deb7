-- What one person does may be news for others: written here, where they cannot write themselves.
create or replace function app.add_notifications(
    tenant integer, user_ids uuid[], profile_ids uuid[], kind text, code text, data jsonb, seen boolean
) returns table (user_id uuid, profile_id uuid, id uuid, created_at timestamptz, unread integer)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with added as (
        insert into app.notifications as written (tenant_id, user_id, profile_id, kind, code, data, read_at)
        select app.tenant_id(), named.user_id, named.profile_id,
            add_notifications.kind, add_notifications.code, add_notifications.data,
            case when add_notifications.seen then app.now() end
        from unnest(add_notifications.user_ids, add_notifications.profile_ids) as named (user_id, profile_id)
        where app.tenant_id() = add_notifications.tenant
        returning written.user_id, written.profile_id, written.id, written.created_at
    )
    select added.user_id, added.profile_id, added.id, added.created_at, (
        -- The statement sees what was there before it: the new one comes on top.
        select (not add_notifications.seen)::integer + count(*) from app.notifications waiting
        where waiting.tenant_id = app.tenant_id() and waiting.user_id = added.user_id and waiting.read_at is null
    )::integer
    from added;
end;

comment on function app.add_notifications is
    'Adds a notification for each named user. Returns them with each user''s number of unread ones.';
revoke all on function app.add_notifications from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_notifications to meydan_app, meydan_service;

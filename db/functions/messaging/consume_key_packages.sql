-- Only for founding the group: later devices bring their own packages, so nobody can use up a stranger's.
create or replace function app.consume_key_packages(in_tenant_id integer, in_conversation_id uuid, in_device_id uuid)
returns table (profile_id uuid, device_id uuid, package bytea)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with devices as (
        select ranked.profile_id, ranked.device_id
        from (
            select offered.profile_id, offered.device_id,
                row_number() over (partition by offered.profile_id order by max(offered.created_at) desc) as place
            from app.key_packages offered
            join app.conversation_members member
                on member.tenant_id = offered.tenant_id and member.profile_id = offered.profile_id
            where member.tenant_id = app.tenant_id() and member.tenant_id = in_tenant_id
                and member.conversation_id = in_conversation_id
                and member.conversation_id = any(app.my_conversations())
                and offered.device_id <> in_device_id
            group by offered.profile_id, offered.device_id
        ) ranked
        where ranked.place <= 10
    ),
    chosen as (
        select oldest.id
        from devices
        cross join lateral (
            select offered.id from app.key_packages offered
            where offered.tenant_id = app.tenant_id()
                and offered.profile_id = devices.profile_id and offered.device_id = devices.device_id
            order by offered.id limit 1 for update skip locked
        ) oldest
    )
    delete from app.key_packages taken using chosen
    where taken.tenant_id = app.tenant_id() and taken.id = chosen.id
    returning taken.profile_id, taken.device_id, taken.body;
end;

comment on function app.consume_key_packages is
    'Consumes one key package for each of the ten devices that either person used last.';
revoke all on function app.consume_key_packages from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.consume_key_packages to meydan_app;

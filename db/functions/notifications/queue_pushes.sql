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

-- Callers queue what must follow, and read nothing.
-- One more job may wait behind one of the same key that is running, so no news is lost.
create or replace function app.queue_job(in_entrypoint text, in_payload bytea, in_delay interval, in_dedupe_key text)
    returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant text := current_setting('app.tenant_id');
    key text := tenant || ':' || in_entrypoint || ':' || in_dedupe_key;
    placed bigint;
begin
    if not exists (select from app.tenants t where t.id = tenant::integer) then
        raise exception 'a job belongs to a tenant';
    end if;
    insert into jobs.pgqueuer as waiting (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
    values (0, in_entrypoint, in_payload, now() + in_delay, key, jsonb_build_object('tenant_id',
        tenant::integer), 'queued')
    on conflict do nothing
    returning id into placed;
    if placed is null then
        insert into jobs.pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
        select 0, in_entrypoint, in_payload, now() + in_delay, key || ':next', jsonb_build_object('tenant_id',
            tenant::integer), 'queued'
        where exists (select from jobs.pgqueuer running where running.dedupe_key = key and running.status = 'picked')
        on conflict do nothing;
    end if;
end $$;

comment on function app.queue_job is
    'Queues a job in the caller''s transaction. Queues at most one for each deduplication key.';
revoke all on function app.queue_job from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.queue_job to meydan_app, meydan_service;

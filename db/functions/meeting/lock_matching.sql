-- Making matches and deciding claims change rights of many people: two at once would wait for each other's people.
create or replace function app.lock_matching(in_tenant_id integer, in_kind text) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    select pg_advisory_xact_lock(hashtextextended('meeting ' || in_kind, in_tenant_id));
end;

comment on function app.lock_matching is
    'Serialises what changes many people''s rights in one transaction. Locks: an advisory lock for each tenant and kind.';
revoke all on function app.lock_matching from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.lock_matching to meydan_service;

-- Making matches and deciding claims change rights of many people: two at once would wait for each other's people.
create or replace function app.take_turn(tenant integer, what text) returns void
language sql set search_path = pg_catalog, pg_temp
begin atomic
    select pg_advisory_xact_lock(hashtextextended('meeting ' || take_turn.what, take_turn.tenant));
end;

comment on function app.take_turn is
    'Serialises what changes many people''s rights in one transaction. Locks: an advisory lock for each tenant and kind.';
revoke all on function app.take_turn from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.take_turn to meydan_service;

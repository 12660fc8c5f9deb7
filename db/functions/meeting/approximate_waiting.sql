-- Coarse, so that nobody can watch a single person come and go.
create or replace function app.approximate_waiting(in_tenant_id integer, in_kind text) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select case
            when counted.number < 5 then 0 when counted.number < 50 then counted.number / 5 * 5
            else counted.number / 50 * 50
        end::integer
    from (
        select count(*) as number from (
            select from app.tickets ticket
            where ticket.tenant_id = app.tenant_id() and ticket.tenant_id = in_tenant_id
                and ticket.kind = in_kind and ticket.away_since is null
            limit 1000
        ) waiting
    ) counted;
end;

comment on function app.approximate_waiting is 'Returns about how many tickets of a kind wait.';
revoke all on function app.approximate_waiting from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.approximate_waiting to meydan_app, meydan_service;

-- Steps from tenant to tenant in the index: what it costs follows their number, and not that of the tickets.
create or replace function app.tenants_with_tickets() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    with recursive waiting (tenant_id) as (
        (select ticket.tenant_id from app.tickets ticket order by ticket.tenant_id limit 1)
        union all
        select (
            select next.tenant_id from app.tickets next where next.tenant_id > waiting.tenant_id
            order by next.tenant_id limit 1
        )
        from waiting where waiting.tenant_id is not null
    )
    select waiting.tenant_id from waiting where waiting.tenant_id is not null;
end;

comment on function app.tenants_with_tickets is
    'Names the tenants in which somebody waits.';
revoke all on function app.tenants_with_tickets from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_tickets to meydan_service;

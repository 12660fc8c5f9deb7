-- A contact's requests are counted in all communities, a network's in one. Only numbers and times come out.
create or replace function app.code_pressure(in_tenant_id integer, in_contact_hash bytea, in_network_hash bytea)
returns table (
    leaves_at timestamptz, known_today integer, strangers_today integer, here_today integer, here_at timestamptz,
    strangers_hour integer, network_hour integer, tenant_hour integer
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select asked.leaves_at, asked.known_today, asked.strangers_today, asked.here_today, asked.here_at,
        asked.strangers_hour,
        (
            select count(*)::integer from app.code_requests request
            where request.tenant_id = in_tenant_id and request.network_hash = in_network_hash
                and request.created_at > app.now() - interval '1 hour' and not request.is_known
        ),
        (
            select count(*)::integer from app.code_requests request
            where request.tenant_id = in_tenant_id and request.created_at > app.now() - interval '1 hour'
                and not request.is_known
        )
    from (
        select max(request.leaves_at) as leaves_at,
            count(*) filter (where request.is_known)::integer as known_today,
            count(*) filter (where not request.is_known)::integer as strangers_today,
            count(*) filter (where not request.is_known and request.network_hash = in_network_hash)::integer
                as here_today,
            max(request.leaves_at) filter (where not request.is_known and request.network_hash = in_network_hash)
                as here_at,
            count(*) filter (where not request.is_known and request.created_at > app.now() - interval '1 hour')::integer
                as strangers_hour
        from app.code_requests request
        where request.contact_hash = in_contact_hash and request.created_at > app.now() - interval '1 day'
    ) asked
    where in_tenant_id = app.tenant_id();
end;

comment on function app.code_pressure is
    'Counts the requests of codes that a further one to this contact, from this network, would come after.';
revoke all on function app.code_pressure from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.code_pressure to meydan_service;

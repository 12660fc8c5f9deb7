-- Safety declares this function and calls it; meeting, which knows matches, defines it.
create or replace function app.have_met(in_tenant_id integer, in_a uuid, in_b uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = in_tenant_id
            and met.profile1_id = in_a and met.profile2_id = in_b
    ) or exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = in_tenant_id
            and met.profile2_id = in_a and met.profile1_id = in_b
    );
end;

comment on function app.have_met is 'Tells whether two profiles are or were matched.';
revoke all on function app.have_met from public, meydan_app, meydan_service, meydan_relay;

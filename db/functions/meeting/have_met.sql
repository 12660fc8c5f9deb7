-- Safety declares this function and calls it; meeting, which knows matches, defines it.
create or replace function app.have_met(tenant integer, one uuid, other uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = have_met.tenant
            and met.profile1_id = have_met.one and met.profile2_id = have_met.other
    ) or exists (
        select from app.matches met
        where met.tenant_id = app.tenant_id() and met.tenant_id = have_met.tenant
            and met.profile2_id = have_met.one and met.profile1_id = have_met.other
    );
end;

comment on function app.have_met is 'Tells whether two profiles are or were matched.';
revoke all on function app.have_met from public, meydan_app, meydan_service, meydan_relay;

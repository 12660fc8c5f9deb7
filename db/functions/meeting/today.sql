create or replace function app.today(in_tenant_id integer) returns date
language sql stable parallel safe
return (select (app.now() at time zone t.timezone)::date from app.tenants t where t.id = in_tenant_id);

comment on function app.today is 'Returns the date in the tenant''s time zone.';
revoke all on function app.today from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.today to public;

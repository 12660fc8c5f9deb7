create or replace function app.tenant_id() returns integer language sql stable parallel safe
return current_setting('app.tenant_id')::integer;

comment on function app.tenant_id is 'Reads the tenant that the transaction acts in. Raises an error when none is set.';
revoke all on function app.tenant_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenant_id to public;

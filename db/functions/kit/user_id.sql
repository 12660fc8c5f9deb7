create or replace function app.user_id() returns uuid language sql stable parallel safe
return current_setting('app.user_id')::uuid;

comment on function app.user_id is 'Reads the user that the transaction acts for. Raises an error when none is set.';
revoke all on function app.user_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.user_id to public;

create or replace function app.profile_id() returns uuid language sql stable parallel safe
return current_setting('app.profile_id')::uuid;

comment on function app.profile_id is
    'Reads the profile that the transaction acts as. Raises an error when none is set.';
revoke all on function app.profile_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.profile_id to public;

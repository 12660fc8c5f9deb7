-- So it cannot collide with a key of the service, for somebody else's coins or the payment of their debt.
create or replace function app.scoped_key(in_idempotency_key text) returns text language sql stable
return case when session_user = 'meydan_app'
    then app.user_id() || ':' || in_idempotency_key else in_idempotency_key end;

comment on function app.scoped_key is 'Prefixes a person''s idempotency key with their user id.';
revoke all on function app.scoped_key from public, meydan_app, meydan_service, meydan_relay;

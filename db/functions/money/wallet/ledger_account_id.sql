-- An account is found without a search or a sequence, and its balance by one look.
-- Written so that it is part of the statement that uses it, not called.
create or replace function app.ledger_account_id(in_kind text, in_owner_user_id uuid, in_provider text,
    in_currency text) returns uuid
language sql immutable parallel safe
return encode(substr(sha256((
    in_kind || ':' || coalesce(in_owner_user_id::text, '') || ':' || coalesce(in_provider, '') || ':' || coalesce(in_currency, '')
)::bytea), 1, 16), 'hex')::uuid;

comment on function app.ledger_account_id is 'Derives the id of a ledger account from what it is and whose it is.';
revoke all on function app.ledger_account_id from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_account_id to public;

create or replace function app.ledger_fingerprint(
    in_type text, in_owner_user_id uuid, in_subject_id uuid, in_reverses_id uuid, in_request text, in_kinds text[],
    in_owner_user_ids uuid[], in_providers text[],
    in_currencies text[], in_amounts bigint[]
) returns bytea language sql stable parallel safe
return sha256(convert_to(concat_ws(
    '|', in_type, in_owner_user_id, in_subject_id, in_reverses_id, coalesce(in_request, concat_ws('|', in_kinds,
        in_owner_user_ids, in_providers, in_currencies, in_amounts))
), 'UTF8'));

comment on function app.ledger_fingerprint is
    'Hashes what an idempotency key stands for: the transfer, or the request that it came of.';
revoke all on function app.ledger_fingerprint from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_fingerprint to public;

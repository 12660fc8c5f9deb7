create or replace function app.ledger_fingerprint(
    in_type text, in_owner_user_id uuid, in_subject_id uuid, in_reverses_id uuid, in_request text,
    in_entries app.ledger_entry[]
) returns bytea language sql stable parallel safe
return sha256(convert_to(concat_ws(
    '|', in_type, in_owner_user_id, in_subject_id, in_reverses_id,
    coalesce(in_request, app.ledger_entries_text(in_entries))
), 'UTF8'));

comment on function app.ledger_fingerprint is
    'Hashes what an idempotency key stands for: the transfer, or the request that it came of.';
revoke all on function app.ledger_fingerprint from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.ledger_fingerprint(
    what text, whose uuid, subject uuid, reverses uuid, request text, kinds text[], owners uuid[], providers text[],
    currencies text[], amounts bigint[]
) returns bytea language sql stable parallel safe
return sha256(convert_to(concat_ws(
    '|', what, whose, subject, reverses, coalesce(request, concat_ws('|', kinds, owners, providers, currencies, amounts))
), 'UTF8'));

comment on function app.ledger_fingerprint is
    'Hashes what an idempotency key stands for: the transfer, or the request that it came of.';
revoke all on function app.ledger_fingerprint from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.ledger_fingerprint to public;

-- Stored fingerprints hold this text: it is that of the arrays in which entries once came, and never changes.
create or replace function app.ledger_entries_text(in_entries app.ledger_entry[]) returns text
language sql stable parallel safe
return (
    select concat_ws(
        '|', array_agg(entry.kind), array_agg(entry.owner_user_id), array_agg(entry.provider),
        array_agg(entry.currency), array_agg(entry.amount)
    )
    from unnest(in_entries) entry
);

comment on function app.ledger_entries_text is 'Writes entries as the text that a fingerprint hashes.';
revoke all on function app.ledger_entries_text from public, meydan_app, meydan_service, meydan_relay;

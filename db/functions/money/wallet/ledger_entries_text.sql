-- Stored fingerprints hold this text: it is that of the arrays in which entries once came, and never changes.
-- A loop is cheaper here than five aggregates, whose plan the database sets up anew for each transfer.
create or replace function app.ledger_entries_text(in_entries app.ledger_entry[]) returns text
language plpgsql stable parallel safe as $$
declare
    entry app.ledger_entry;
    kinds text[];
    owner_user_ids uuid[];
    providers text[];
    currencies text[];
    amounts bigint[];
begin
    foreach entry in array in_entries loop
        kinds := kinds || entry.kind;
        owner_user_ids := owner_user_ids || entry.owner_user_id;
        providers := providers || entry.provider;
        currencies := currencies || entry.currency;
        amounts := amounts || entry.amount;
    end loop;
    return concat_ws('|', kinds, owner_user_ids, providers, currencies, amounts);
end $$;

comment on function app.ledger_entries_text is 'Writes entries as the text that a fingerprint hashes.';
revoke all on function app.ledger_entries_text from public, meydan_app, meydan_service, meydan_relay;

create or replace function app.open_ledger_account(
    tenant integer, kind text, whose uuid, provider text, currency text, stripe integer
) returns void language plpgsql as $$
#variable_conflict use_variable
declare
    account uuid := app.ledger_account_id(kind, whose, provider, currency);
begin
    insert into app.ledger_accounts (tenant_id, kind, user_id, provider, currency)
    values (tenant, kind, whose, provider, currency) on conflict do nothing;
    insert into app.ledger_balances (tenant_id, account_id, stripe, lowest, highest)
    values (
        tenant, account, stripe, case when kind in ('person_coins', 'creator_revenue') then 0 end,
        case when kind = 'person_debt' then 0 end
    ) on conflict do nothing;
end $$;

comment on function app.open_ledger_account is 'Inserts an account and one stripe of it unless they are there.';
revoke all on function app.open_ledger_account from public, meydan_app, meydan_service, meydan_relay;

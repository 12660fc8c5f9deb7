create or replace function app.open_ledger_account(
    in_tenant_id integer, in_kind text, in_owner_user_id uuid, in_provider text, in_currency text, in_stripe integer
) returns void language plpgsql as $$
declare
    account uuid := app.ledger_account_id(in_kind, in_owner_user_id, in_provider, in_currency);
begin
    insert into app.ledger_accounts (tenant_id, kind, user_id, provider, currency)
    values (in_tenant_id, in_kind, in_owner_user_id, in_provider, in_currency) on conflict do nothing;
    insert into app.ledger_balances (tenant_id, account_id, stripe, lowest, highest)
    values (
        in_tenant_id, account, in_stripe, case when in_kind in ('person_coins', 'creator_revenue') then 0 end,
        case when in_kind = 'person_debt' then 0 end
    ) on conflict do nothing;
end $$;

comment on function app.open_ledger_account is 'Inserts an account and one stripe of it unless they are there.';
revoke all on function app.open_ledger_account from public, meydan_app, meydan_service, meydan_relay;

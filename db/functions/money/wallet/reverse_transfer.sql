create or replace function app.reverse_transfer(in_tenant_id integer, in_idempotency_key text, in_transaction_id uuid,
    in_description text)
returns app.coin_transactions language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    original app.coin_transactions;
    reversal app.coin_transactions;
    mirror app.ledger_entry[];
    touches_debt boolean;
begin
    perform app.check_ledger_caller(in_tenant_id);
    select known.* into original from app.coin_transactions known
    where known.tenant_id = in_tenant_id and known.id = in_transaction_id for no key update;
    if not found then
        raise exception using errcode = 'WA008', message = 'not_found';
    elsif original.reverses_id is not null then
        raise exception using errcode = 'WA007', message = 'not_reversible';
    end if;
    select
        array_agg((account.kind, account.user_id, account.provider, account.currency, -entry.amount)::app.ledger_entry),
        bool_or(account.kind = 'person_debt')
    into mirror, touches_debt
    from app.coin_entries entry
    join app.ledger_accounts account on account.tenant_id = in_tenant_id and account.id = entry.account_id
    where entry.tenant_id = in_tenant_id and entry.transaction_id = in_transaction_id;
    if original.reversed_by_id is not null and not exists (
        select from app.coin_transactions known
        where known.tenant_id = in_tenant_id and known.id = original.reversed_by_id
            and known.idempotency_key = in_idempotency_key
    ) then
        raise exception using errcode = 'WA005', message = 'already_reversed';
    end if;
    if touches_debt then
        perform app.lock_ledger_account(in_tenant_id, 'person_coins', original.user_id);
    end if;
    reversal := app.move_coins(
        in_tenant_id, in_idempotency_key, 'reversal', mirror, original.user_id, in_description, original.subject_id,
        '{}', in_transaction_id, 'reversal', false
    );
    update app.coin_transactions known set reversed_by_id = reversal.id
    where known.tenant_id = in_tenant_id and known.id = in_transaction_id and known.reversed_by_id is null;
    return reversal;
end $$;

comment on function app.reverse_transfer is 'Reverses a transfer by its mirror image, once.';
revoke all on function app.reverse_transfer from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.reverse_transfer to meydan_service;

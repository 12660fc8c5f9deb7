-- Once something is wrong, everything is looked at until nothing is. Audits take turns, so that each new transfer counts
-- once.
create or replace function app.audit_ledger(in_tenant_id integer, in_is_full boolean) returns app.ledger_audits
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made app.ledger_audits;
    last app.ledger_audits;
begin
    perform app.check_ledger_caller(in_tenant_id);
    perform pg_advisory_xact_lock(hashtextextended('ledger audit', in_tenant_id));
    select audit.* into last from app.ledger_audits audit where audit.tenant_id = in_tenant_id order by audit.id desc
        limit 1;
    if in_is_full or last.fault_count is distinct from 0 then
        with seen as (
            delete from app.unaudited_balances new where new.tenant_id = in_tenant_id
        ),
        let_go as (
            update app.coin_holds hold set proved = true where hold.tenant_id = in_tenant_id and not hold.proved
        ),
        totals as (
            select entry.account_id, entry.stripe, sum(entry.amount)::bigint as balance
            from app.coin_entries entry where entry.tenant_id = in_tenant_id
            group by entry.account_id, entry.stripe
        ),
        proved as (
            insert into app.audited_balances (tenant_id, account_id, stripe, balance)
            select in_tenant_id, account_id, stripe, coalesce(totals.balance, 0)
            from totals full join (
                select known.account_id, known.stripe, known.balance
                from app.audited_balances known where known.tenant_id = in_tenant_id
            ) before using (account_id, stripe)
            where coalesce(totals.balance, 0) is distinct from before.balance
            on conflict (tenant_id, account_id, stripe) do update set balance = excluded.balance
        ),
        wrong as (
            select one.fault, one.id, one.expected, one.found, row_number() over () as place
            from app.ledger_faults(in_tenant_id) one
        )
        insert into app.ledger_audits (tenant_id, whole, fault_count, faults)
        select in_tenant_id, true, count(*),
            coalesce(jsonb_agg(to_jsonb(wrong)) filter (where wrong.place <= 20), '[]') from wrong
        returning ledger_audits.* into made;
    else
        with seen as (
            delete from app.unaudited_balances new where new.tenant_id = in_tenant_id returning new.transaction_id
        ),
        let_go as (
            update app.coin_holds hold set proved = true where hold.tenant_id = in_tenant_id and not hold.proved
        ),
        proved as (
            insert into app.audited_balances as known (tenant_id, account_id, stripe, balance)
            select in_tenant_id, entry.account_id, entry.stripe, sum(entry.amount)
            from seen join app.coin_entries entry on entry.tenant_id = in_tenant_id
                and entry.transaction_id = seen.transaction_id
            group by entry.account_id, entry.stripe
            on conflict (tenant_id, account_id, stripe) do update set balance = known.balance + excluded.balance
        ),
        wrong as (
            select one.fault, one.id, one.expected, one.found, row_number() over () as place
            from app.new_ledger_faults(in_tenant_id) one
        )
        insert into app.ledger_audits (tenant_id, whole, fault_count, faults)
        select in_tenant_id, false, count(*),
            coalesce(jsonb_agg(to_jsonb(wrong)) filter (where wrong.place <= 20), '[]') from wrong
        returning ledger_audits.* into made;
    end if;
    delete from app.ledger_audits old where old.tenant_id = in_tenant_id
        and old.created_at < app.now() - interval '30 days';
    return made;
end $$;

comment on function app.audit_ledger is
    'Audits a tenant''s ledger, stores the result and the audited balances. Locks: an advisory lock for each tenant.';
revoke all on function app.audit_ledger from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.audit_ledger to meydan_service;

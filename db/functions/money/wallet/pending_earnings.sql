-- The coins that they came of may still be taken back from the payer. The tenant's own setting is read
-- (wallet/settings.py). A reversed transfer counts no more.
create or replace function app.pending_earnings(in_tenant_id integer, in_owner_user_id uuid)
    returns table (available_at timestamptz, amount bigint)
language sql stable as $$
    select entry.created_at + setting.days * interval '1 day', entry.amount
    from (
        select coalesce((
            select known.config_value::text::integer from app.tenant_configs known
            where known.tenant_id = in_tenant_id and known.config_key = 'wallet.earnings_holding_days'
        ), 7) as days
    ) setting
    join app.coin_entries entry on entry.tenant_id = in_tenant_id
        and entry.account_id = app.ledger_account_id('creator_revenue', in_owner_user_id, null, null)
        and entry.created_at > app.now() - setting.days * interval '1 day'
    join app.coin_transactions header on header.tenant_id = in_tenant_id and header.id = entry.transaction_id
    where entry.amount > 0 and header.reversed_by_id is null
        and header.transaction_type in ('gift_sent', 'gift_received', 'call')
$$;

comment on function app.pending_earnings is 'Lists a person''s earnings in their holding period, with the end of it.';
revoke all on function app.pending_earnings from public, meydan_app, meydan_service, meydan_relay;

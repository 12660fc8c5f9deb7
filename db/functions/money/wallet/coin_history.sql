-- Read from the entries of their accounts, so no change is left out. The description is for the person whom the transfer
-- is about. A person who earned by it learns what for and how much.
create or replace function app.coin_history(in_tenant_id integer, in_owner_user_id uuid, in_cursor uuid,
    in_limit integer)
returns table (
    id uuid, type text, amount bigint, coins bigint, earnings bigint, debt bigint, description text, subject_id uuid,
    reverses_id uuid, created_at timestamptz, details jsonb
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    until timestamptz := 'infinity';
    mark uuid := coalesce(in_cursor, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
    perform app.check_ledger_caller(in_tenant_id);
    if session_user = 'meydan_app' and in_owner_user_id is distinct from app.user_id() then
        raise exception 'a history is its person''s' using errcode = 'insufficient_privilege';
    end if;
    if in_cursor is not null then
        select header.created_at into until from app.coin_transactions header
        where header.tenant_id = in_tenant_id and header.id = in_cursor;
    end if;
    return query
    select header.id, header.transaction_type, coalesce(line.coins, line.earnings, 0), coalesce(line.coins, 0),
        coalesce(line.earnings, 0), coalesce(-line.debt, 0),
        case when header.user_id = in_owner_user_id then header.description else '' end, header.subject_id,
            header.reverses_id,
        line.created_at, case when header.user_id = in_owner_user_id then header.details else '{}' end
    from (
        select entry.transaction_id, entry.created_at,
            sum(entry.amount) filter (where account.kind = 'person_coins')::bigint as coins,
            sum(entry.amount) filter (where account.kind = 'creator_revenue')::bigint as earnings,
            sum(entry.amount) filter (where account.kind = 'person_debt')::bigint as debt
        from unnest(array['person_coins', 'creator_revenue', 'person_debt']) account (kind)
        cross join lateral (
            select side.transaction_id, side.created_at, side.amount from app.coin_entries side
            where side.tenant_id = in_tenant_id and side.account_id = app.ledger_account_id(account.kind,
                in_owner_user_id, null, null)
                and (side.created_at, side.transaction_id) < (until, mark)
            order by side.created_at desc, side.transaction_id desc limit in_limit
        ) entry
        group by entry.transaction_id, entry.created_at
        order by entry.created_at desc, entry.transaction_id desc limit in_limit
    ) line
    join app.coin_transactions header on header.tenant_id = in_tenant_id and header.id = line.transaction_id
    order by line.created_at desc, line.transaction_id desc;
end $$;

comment on function app.coin_history is 'Lists every change of a person''s coins, earnings and debt, newest first.';
revoke all on function app.coin_history from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.coin_history to meydan_app, meydan_service;

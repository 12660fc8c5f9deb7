create or replace function app.quota_left(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date,
    in_day_limit integer) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return greatest(in_day_limit + coalesce((
            select known.granted - known.used from app.daily_quota known
            where known.tenant_id = in_tenant_id and known.user_id = in_user_id and known.kind = in_kind
                and known.day = in_day
        ), 0), 0)
        + coalesce((
            select extra.granted - extra.used from app.bonus_quota extra
            where extra.tenant_id = in_tenant_id and extra.user_id = in_user_id and extra.kind = in_kind
        ), 0);
end $$;

comment on function app.quota_left is 'Counts the rights that a user may still use: the day''s own and given ones.';
revoke all on function app.quota_left from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.quota_left to meydan_service;

create or replace function app.consume_quota(in_tenant_id integer, in_user_id uuid, in_kind text, in_day date,
    in_day_limit integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into app.daily_quota as known (tenant_id, user_id, kind, day, used)
    select in_tenant_id, in_user_id, in_kind, in_day, 1 where in_day_limit > 0
    on conflict (tenant_id, user_id, kind, day) do update set used = known.used + 1
        where known.used < in_day_limit + known.granted;
    if not found and in_day_limit <= 0 then -- nothing of one's own, but perhaps something given back
        update app.daily_quota known set used = known.used + 1
        where known.tenant_id = in_tenant_id and known.user_id = in_user_id and known.kind = in_kind
            and known.day = in_day
            and known.used < known.granted;
    end if;
    if not found then
        update app.bonus_quota extra set used = extra.used + 1
        where extra.tenant_id = in_tenant_id and extra.user_id = in_user_id and extra.kind = in_kind
            and extra.used < extra.granted;
    end if;
    return found;
end $$;

comment on function app.consume_quota is
    'Uses one of the day''s rights, or else a given one. Returns false when there is neither.';
revoke all on function app.consume_quota from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.consume_quota to meydan_service;

create or replace function app.spend_right(tenant integer, spender uuid, what text, today date, day_limit integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into app.allowances as known (tenant_id, user_id, kind, day, used)
    select tenant, spender, what, today, 1 where day_limit > 0
    on conflict (tenant_id, user_id, kind, day) do update set used = known.used + 1
        where known.used < day_limit + known.granted;
    if not found and day_limit <= 0 then -- nothing of one's own, but perhaps something given back
        update app.allowances known set used = known.used + 1
        where known.tenant_id = tenant and known.user_id = spender and known.kind = what and known.day = today
            and known.used < known.granted;
    end if;
    if not found then
        update app.extra_rights extra set used = extra.used + 1
        where extra.tenant_id = tenant and extra.user_id = spender and extra.kind = what and extra.used < extra.given;
    end if;
    return found;
end $$;

comment on function app.spend_right is
    'Uses one of the day''s rights, or else a given one. Returns false when there is neither.';
revoke all on function app.spend_right from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.spend_right to meydan_service;

create or replace function app.rights_left(tenant integer, who uuid, what text, today date, day_limit integer) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return greatest(day_limit + coalesce((
            select known.granted - known.used from app.allowances known
            where known.tenant_id = tenant and known.user_id = who and known.kind = what and known.day = today
        ), 0), 0)
        + coalesce((
            select extra.given - extra.used from app.extra_rights extra
            where extra.tenant_id = tenant and extra.user_id = who and extra.kind = what
        ), 0);
end $$;

comment on function app.rights_left is 'Counts the rights that a user may still use: the day''s own and given ones.';
revoke all on function app.rights_left from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.rights_left to meydan_service;

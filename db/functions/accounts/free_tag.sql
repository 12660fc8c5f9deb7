-- A concurrent caller may take the same tag first: the unique index decides.
create or replace function app.free_tag(in_alias text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    wanted_key text := app.alias_key(in_alias);
    candidate text;
begin
    for _ in 1..10 loop
        candidate := lpad(floor(random() * 10000)::integer::text, 4, '0');
        if not exists (
            select from app.profiles p
            where p.tenant_id = app.tenant_id() and p.alias_key = wanted_key and p.tag = candidate and p.alias <> ''
        ) then
            return candidate;
        end if;
    end loop;
    return (
        select lpad(n::text, 4, '0') as tag from generate_series(0, 9999) n
        except
        select p.tag from app.profiles p where p.tenant_id = app.tenant_id() and p.alias_key = wanted_key
            and p.alias <> ''
        limit 1
    );
end $$;

comment on function app.free_tag is 'Returns an unused tag for an alias, or null when all ten thousand are taken.';
revoke all on function app.free_tag from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.free_tag to meydan_app, meydan_service;

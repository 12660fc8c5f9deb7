create or replace function app.seed_default_gifts(in_tenant_id integer) returns void language sql
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.gifts (tenant_id, key, price, position)
    values
        (in_tenant_id, 'tea', 5, 1),
        (in_tenant_id, 'simit', 10, 2),
        (in_tenant_id, 'tulip', 20, 3),
        (in_tenant_id, 'cat', 40, 4),
        (in_tenant_id, 'lantern', 75, 5),
        (in_tenant_id, 'boat', 150, 6),
        (in_tenant_id, 'kilim', 300, 7),
        (in_tenant_id, 'moon', 1000, 8);
end;

comment on function app.seed_default_gifts is 'Inserts the gifts with which every tenant begins.';
revoke all on function app.seed_default_gifts from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.seed_default_gifts to meydan_service;

create or replace function app.stock_gifts(tenant integer) returns void language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.gifts (tenant_id, key, price, position)
    values
        (stock_gifts.tenant, 'tea', 5, 1),
        (stock_gifts.tenant, 'simit', 10, 2),
        (stock_gifts.tenant, 'tulip', 20, 3),
        (stock_gifts.tenant, 'cat', 40, 4),
        (stock_gifts.tenant, 'lantern', 75, 5),
        (stock_gifts.tenant, 'boat', 150, 6),
        (stock_gifts.tenant, 'kilim', 300, 7),
        (stock_gifts.tenant, 'moon', 1000, 8);
end;

comment on function app.stock_gifts is 'Inserts the gifts with which every tenant begins.';
revoke all on function app.stock_gifts from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.stock_gifts to meydan_service;

create or replace function app.open_shop(tenant integer) returns void language sql set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.coin_packages (tenant_id, coins, bonus, price, currency, position)
    values
        (open_shop.tenant, 100, 0, 4999, 'TRY', 1),
        (open_shop.tenant, 500, 50, 24999, 'TRY', 2),
        (open_shop.tenant, 1000, 200, 49999, 'TRY', 3),
        (open_shop.tenant, 2000, 600, 99999, 'TRY', 4);
    insert into app.premium_plans (
        tenant_id, period, price, currency, coin_price, text_per_day, sees_likes, no_ads, position
    )
    values
        (open_shop.tenant, 'month', 14999, 'TRY', 450, 50, true, true, 1),
        (open_shop.tenant, 'year', 119999, 'TRY', null, 50, true, true, 2);
end;

comment on function app.open_shop is 'Inserts the products with which every tenant begins.';
revoke all on function app.open_shop from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.open_shop to meydan_service;

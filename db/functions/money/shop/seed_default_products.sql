create or replace function app.seed_default_products(in_tenant_id integer) returns void language sql
    set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.coin_packages (tenant_id, coins, bonus, price, currency, position)
    values
        (in_tenant_id, 100, 0, 4999, 'TRY', 1),
        (in_tenant_id, 500, 50, 24999, 'TRY', 2),
        (in_tenant_id, 1000, 200, 49999, 'TRY', 3),
        (in_tenant_id, 2000, 600, 99999, 'TRY', 4);
    insert into app.premium_plans (
        tenant_id, period, price, currency, coin_price, matches_per_day, sees_likes, no_ads, position
    )
    values
        (in_tenant_id, 'month', 14999, 'TRY', 450, 50, true, true, 1),
        (in_tenant_id, 'year', 119999, 'TRY', null, 50, true, true, 2);
end;

comment on function app.seed_default_products is 'Inserts the products with which every tenant begins.';
revoke all on function app.seed_default_products from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.seed_default_products to meydan_service;

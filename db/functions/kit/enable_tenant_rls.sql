-- Every table of the product is protected by this. Its own policies then say what a person may do.
create or replace function app.enable_tenant_rls(in_table regclass) returns void language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    execute format('alter table %s enable row level security', in_table);
    execute format('alter table %s force row level security', in_table);
    execute format('create policy owner_all on %s to meydan_owner using (true) with check (true)', in_table);
    execute format(
        'create policy service_tenant on %s to meydan_service'
        ' using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()))', in_table);
    execute format('grant select, insert, update, delete on %s to meydan_service', in_table);
end $$;

comment on function app.enable_tenant_rls is
    'Turns row level security on and forces it. Adds the policies of the owner and the service.';
revoke all on function app.enable_tenant_rls from public, meydan_app, meydan_service, meydan_relay;

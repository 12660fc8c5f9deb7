create or replace function app.return_text_cost(in_tenant_id integer, in_otp_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.sms_spendings (tenant_id, otp_id, day, cents, is_known)
    select line.tenant_id, line.otp_id, line.day, -line.cents, line.is_known
    from app.sms_spendings line
    where line.tenant_id = app.tenant_id() and line.tenant_id = in_tenant_id and line.otp_id = in_otp_id
        and line.cents > 0
    on conflict do nothing;
end;

comment on function app.return_text_cost is 'Gives back, once, the cost of a text message that will not be sent.';
revoke all on function app.return_text_cost from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.return_text_cost to meydan_service;

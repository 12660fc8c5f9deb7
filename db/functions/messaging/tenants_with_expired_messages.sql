create or replace function app.tenants_with_expired_messages() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select conversation.tenant_id from app.conversations conversation
    where conversation.purged_at is null and conversation.expires_at <= app.now()
    union
    select transfer.tenant_id from app.identity_transfers transfer where transfer.expires_at <= app.now();
end;

comment on function app.tenants_with_expired_messages is
    'Names the tenants that store messages or transfers of keys beyond their time.';
revoke all on function app.tenants_with_expired_messages from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.tenants_with_expired_messages to meydan_service;

-- Counts when messages really leave: a worker that was away would otherwise send at once what was planned apart.
create or replace function app.take_sending_turn(in_tenant_id integer, in_otp_id uuid, in_spacing interval)
    returns interval
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    contact bytea;
    before timestamptz;
begin
    select request.contact_hash into contact from app.code_requests request
    where request.tenant_id = app.tenant_id() and request.tenant_id = in_tenant_id and request.id = in_otp_id;
    if contact is null then
        return null;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(encode(contact, 'hex'), 0));
    select max(request.left_at) into before from app.code_requests request
    where request.contact_hash = contact and request.created_at > app.now() - interval '1 day'
        and request.id <> in_otp_id;
    if before > app.now() - in_spacing then
        return before + in_spacing - app.now();
    end if;
    update app.code_requests set left_at = app.now() where tenant_id = in_tenant_id and id = in_otp_id;
    return null;
end $$;

comment on function app.take_sending_turn is
    'Notes that a message leaves now and returns null, or returns how long it has to wait.'
    ' Locks: an advisory lock of the contact.';
revoke all on function app.take_sending_turn from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.take_sending_turn to meydan_service;

create or replace function app.end_expired_holds(in_tenant_id integer, in_owner_user_id uuid, in_batch_size integer)
    returns setof uuid
language plpgsql as $$
declare
    over record;
begin
    for over in
        select hold.id, hold.user_id, hold.amount from app.coin_holds hold
        where hold.tenant_id = in_tenant_id and hold.status = 'open' and hold.expires_at <= app.now()
            and (in_owner_user_id is null or hold.user_id = in_owner_user_id)
        order by hold.user_id, hold.id limit in_batch_size for update skip locked
    loop
        update app.coin_holds hold set status = 'expired', ended_at = app.now(), proved = false
        where hold.tenant_id = in_tenant_id and hold.id = over.id;
        perform app.release_held(in_tenant_id, over.user_id, over.amount, over.id);
        return next over.user_id;
    end loop;
end $$;

comment on function app.end_expired_holds is
    'Releases expired holds of one person or, without one, a few of everybody''s. Returns their users.';
revoke all on function app.end_expired_holds from public, meydan_app, meydan_service, meydan_relay;

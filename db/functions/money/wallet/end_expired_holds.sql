create or replace function app.end_expired_holds(tenant integer, whose uuid, at_most integer) returns setof uuid
language plpgsql as $$
#variable_conflict use_variable
declare
    over record;
begin
    for over in
        select hold.id, hold.user_id, hold.amount from app.coin_holds hold
        where hold.tenant_id = tenant and hold.status = 'open' and hold.expires_at <= app.now()
            and (whose is null or hold.user_id = whose)
        order by hold.user_id, hold.id limit at_most for update skip locked
    loop
        update app.coin_holds hold set status = 'expired', ended_at = app.now(), proved = false
        where hold.tenant_id = tenant and hold.id = over.id;
        perform app.give_back_held(tenant, over.user_id, over.amount, over.id);
        return next over.user_id;
    end loop;
end $$;

comment on function app.end_expired_holds is
    'Releases expired holds of one person or, without one, a few of everybody''s. Returns their users.';
revoke all on function app.end_expired_holds from public, meydan_app, meydan_service, meydan_relay;

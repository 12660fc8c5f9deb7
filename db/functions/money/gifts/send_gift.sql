-- No row is returned without such a gift, or without a receiver for this face: the two look the same. The same
-- key again returns the gift that was sent, whatever has changed since. The giver pays the tenant, which pays the receiver
-- their share: each finds a line in their own history.
create or replace function app.send_gift(
    in_tenant_id integer, in_gift_id uuid, in_quantity integer, in_receiver_profile_id uuid, in_note text,
    in_idempotency_key text
) returns table (
    id uuid, gift jsonb, coins bigint, earned bigint, receiver_user_id uuid, created_at timestamptz, is_new boolean
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    giver uuid := app.user_id();
    giver_face uuid := app.profile_id();
    receiver uuid;
    what app.gifts;
    given app.gifts_sent;
    share bigint;
    -- The community's own setting (gifts/settings.py), not the caller's word.
    share_percent integer := coalesce((
        select known.config_value::text::integer from app.tenant_configs known
        where known.tenant_id = in_tenant_id and known.config_key = 'gifts.gift_share_percent'
    ), 50);
begin
    perform app.check_ledger_caller(in_tenant_id);
    in_idempotency_key := app.scoped_key(in_idempotency_key);
    select known.* into given from app.gifts_sent known where known.tenant_id = in_tenant_id
        and known.idempotency_key = in_idempotency_key;
    is_new := not found;
    if is_new then
        select person.id into receiver
        from app.profiles other
        join app.users person on person.tenant_id = other.tenant_id and person.id = other.user_id
        where other.tenant_id = in_tenant_id and other.id = in_receiver_profile_id and person.id <> giver
            and person.erased_at is null
            and (person.ban_reason is null or person.banned_until <= app.now())
            and app.have_met(in_tenant_id, giver_face, in_receiver_profile_id)
                and not app.blocked_between(in_tenant_id, giver_face, in_receiver_profile_id);
        if not found then
            return;
        end if;
        select known.* into what from app.gifts known where known.tenant_id = in_tenant_id and known.id = in_gift_id
            and known.active;
        if not found then
            return;
        end if;
        share := what.price::bigint * in_quantity * share_percent / 100;
        insert into app.gifts_sent (
            tenant_id, gift_id, quantity, coins, earned, giver_user_id, giver_profile_id, receiver_user_id,
            receiver_profile_id, note, idempotency_key
        ) values (
            in_tenant_id, in_gift_id, in_quantity, what.price::bigint * in_quantity, share, giver, giver_face,
            receiver, in_receiver_profile_id, in_note, in_idempotency_key
        ) on conflict do nothing
        returning gifts_sent.* into given;
        is_new := found;
        if is_new then
            -- Coins before earnings, and both before the community's, as in every transfer: nobody waits in a circle.
            perform app.lock_ledger_account(in_tenant_id, 'person_coins', giver);
            perform app.lock_ledger_account(in_tenant_id, 'creator_revenue', receiver);
            -- Who leaves at this moment closes their wallet on the way: whoever waited for that finds them gone.
            if exists (
                select from app.users person
                where person.tenant_id = in_tenant_id and person.id = receiver and person.erased_at is not null
            ) then
                raise exception using errcode = 'WA008', message = 'not_found';
            end if;
            perform app.move_coins(
                in_tenant_id, in_idempotency_key, 'gift_sent',
                array[
                    ('person_coins', giver, null, null, -given.coins), ('tenant_revenue', null, null, null, given.coins)
                ]::app.ledger_entry[],
                giver, '', given.id,
                jsonb_build_object(
                    'gift_key', what.key, 'quantity', in_quantity, 'profile_id', in_receiver_profile_id
                ),
                null, null, true
            );
            if share > 0 then
                perform app.move_coins(
                    in_tenant_id, in_idempotency_key || ':received', 'gift_received',
                    array[
                        ('creator_revenue', receiver, null, null, share), ('tenant_revenue', null, null, null, -share)
                    ]::app.ledger_entry[],
                    receiver, '', given.id,
                    jsonb_build_object('gift_key', what.key, 'quantity', in_quantity, 'profile_id', giver_face),
                    null, null, false
                );
            end if;
        else  -- asked for twice at once
            select known.* into strict given from app.gifts_sent known
            where known.tenant_id = in_tenant_id and known.idempotency_key = in_idempotency_key;
        end if;
    end if;
    if (given.gift_id, given.quantity, given.giver_profile_id, given.receiver_profile_id, given.note)
        is distinct from (in_gift_id, in_quantity, giver_face, in_receiver_profile_id, in_note)
    then
        raise exception using errcode = 'WA004', message = 'idempotency_key_reused';
    end if;
    return query
    select given.id,
        jsonb_build_object('id', known.id, 'key', known.key, 'name', known.name, 'price', known.price, 'position',
            known.position),
        given.coins, given.earned, given.receiver_user_id, given.created_at, is_new
    from app.gifts known where known.tenant_id = in_tenant_id and known.id = given.gift_id;
end $$;

comment on function app.send_gift is
    'Sends a gift: checks the receiver, moves the coins and stores the gift in one call.';
revoke all on function app.send_gift from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.send_gift to meydan_app;

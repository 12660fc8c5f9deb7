-- Looks for a partner for each new ticket, then for a few that were looked for longest ago: somebody may have been
-- unblocked, a recent meeting may be long enough ago.
-- One matcher at a time in a tenant, so that two never pass each other by. `patient` waits for its turn, the others leave
-- it to the one at work. A row without a match is a ticket that ended because its owner has no right left.
create or replace function app.match_tickets(
    tenant integer, what text, at_most integer, again_at_most integer, again_after interval, met_again interval,
    claim_after interval, lasting interval, patient boolean
) returns table (
    match_id uuid, conversation_id uuid, expires_at timestamptz,
    user1_id uuid, profile1_id uuid, ticket1_id uuid, user2_id uuid, profile2_id uuid, ticket2_id uuid
) language plpgsql set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    today date := app.today(tenant);
    seeker uuid;
    ticket app.tickets;
    partner app.tickets;
    partner_id uuid;
begin
    if tenant <> app.tenant_id() then
        raise exception 'a matcher works in its own community';
    end if;
    if patient then
        perform app.take_turn(tenant, what);
    elsif not pg_try_advisory_xact_lock(hashtextextended('meeting ' || what, tenant)) then
        return;
    end if;
    for seeker in
        (select new.user_id from app.tickets new
        where new.tenant_id = tenant and new.kind = what and new.searched_at is null and new.away_since is null
        order by new.created_at limit at_most)
        union all
        (select old.user_id from app.tickets old
        where old.tenant_id = tenant and old.kind = what and old.away_since is null
            and old.searched_at <= app.now() - again_after
        order by old.searched_at limit again_at_most)
    loop
        -- Somebody may have been matched a moment ago in this very pass; one whose owner is just changing it is new again.
        select waiting.* into ticket from app.tickets waiting
        where waiting.tenant_id = tenant and waiting.user_id = seeker and waiting.kind = what and waiting.away_since is null
        for update skip locked;
        continue when not found;

        if exists (
            select from app.users banned
            where banned.tenant_id = tenant and banned.id = seeker
                and banned.ban_reason is not null and (banned.banned_until is null or banned.banned_until > app.now())
        ) or exists (
            select from app.match_slots busy
            where busy.tenant_id = tenant and busy.user_id = seeker and busy.type = 'anonymous_' || what
        ) then
            delete from app.tickets done where done.tenant_id = tenant and done.user_id = seeker and done.kind = what;
            continue;
        end if;

        loop
            partner_id := app.find_partner(tenant, ticket, met_again);
            exit when partner_id is null;
            select other.* into strict partner from app.tickets other
            where other.tenant_id = tenant and other.user_id = partner_id and other.kind = what;
            -- Only here are rights spent, by one matcher at a time: what is left stays left until it is used below.
            exit when app.rights_left(tenant, partner_id, what, today, partner.day_limit) > 0;
            delete from app.tickets done where done.tenant_id = tenant and done.user_id = partner_id and done.kind = what;
            match_id := null;
            user1_id := partner.user_id;
            profile1_id := partner.profile_id;
            ticket1_id := partner.id;
            return next;
        end loop;
        if partner_id is null then
            update app.tickets waiting set searched_at = app.now()
            where waiting.tenant_id = tenant and waiting.user_id = seeker and waiting.kind = what;
            continue;
        end if;

        user1_id := ticket.user_id;
        profile1_id := ticket.profile_id;
        ticket1_id := ticket.id;
        if not app.spend_right(tenant, seeker, what, today, ticket.day_limit) then
            delete from app.tickets done where done.tenant_id = tenant and done.user_id = seeker and done.kind = what;
            match_id := null;
            return next;
            continue;
        end if;
        perform app.spend_right(tenant, partner_id, what, today, partner.day_limit);
        delete from app.tickets done
        where done.tenant_id = tenant and done.user_id = any(array[seeker, partner_id]) and done.kind = what;

        user2_id := partner.user_id;
        profile2_id := partner.profile_id;
        ticket2_id := partner.id;
        match_id := uuidv7();
        expires_at := app.now() + lasting;
        conversation_id := app.open_conversation(
            tenant, match_id, profile1_id, array[user1_id, user2_id], array[profile1_id, profile2_id], expires_at
        );
        insert into app.matches (
            tenant_id, id, type, status, user1_id, user2_id, profile1_id, profile2_id, conversation_id, claim_opens_at,
            expires_at
        ) values (
            tenant, match_id, 'anonymous_' || what, 'active', user1_id, user2_id, profile1_id, profile2_id, conversation_id,
            app.now() + claim_after, expires_at
        );
        insert into app.match_slots (tenant_id, user_id, type, match_id, profile_id, ticket_id) values
            (tenant, user1_id, 'anonymous_' || what, match_id, profile1_id, ticket1_id),
            (tenant, user2_id, 'anonymous_' || what, match_id, profile2_id, ticket2_id);
        insert into app.encounters as met (tenant_id, first_user_id, second_user_id)
        values (tenant, least(user1_id, user2_id), greatest(user1_id, user2_id))
        on conflict (tenant_id, first_user_id, second_user_id) do update set met_at = excluded.met_at;
        return next;
    end loop;
end $$;

comment on function app.match_tickets is
    'Runs one pass of the matcher over one tenant. Returns a row for each match and each ticket that ended.';
revoke all on function app.match_tickets from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.match_tickets to meydan_service;

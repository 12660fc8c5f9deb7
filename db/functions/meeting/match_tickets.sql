-- Looks for a partner for each new ticket, then for a few that were looked for longest ago. Somebody may have been
-- unblocked since, or a recent meeting may be long enough ago.
-- One matcher at a time in a tenant, so that two never pass each other by. `in_wait_for_lock` waits for its turn, the others leave
-- it to the one at work. A row without a match is a ticket that ended because its owner has no right left.
create or replace function app.match_tickets(
    in_tenant_id integer, in_kind text, in_batch_size integer, in_retry_batch_size integer, in_retry_interval interval,
    in_rematch_cooldown interval,
    in_claim_delay interval, in_duration interval, in_wait_for_lock boolean
) returns table (
    match_id uuid, conversation_id uuid, expires_at timestamptz,
    user1_id uuid, profile1_id uuid, ticket1_id uuid, user2_id uuid, profile2_id uuid, ticket2_id uuid
) language plpgsql set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
    today date := app.today(in_tenant_id);
    seeker uuid;
    ticket app.tickets;
    partner app.tickets;
    partner_id uuid;
    decoy_key uuid;
begin
    if in_tenant_id <> app.tenant_id() then
        raise exception 'a matcher works in its own community';
    end if;
    if in_wait_for_lock then
        perform app.lock_matching(in_tenant_id, in_kind);
    elsif not pg_try_advisory_xact_lock(hashtextextended('meeting ' || in_kind, in_tenant_id)) then
        return;
    end if;
    select known.key into decoy_key from app.decoy_keys known where known.tenant_id = in_tenant_id;
    if not found then
        insert into app.decoy_keys as made (tenant_id) values (in_tenant_id)
        on conflict (tenant_id) do update set key = made.key returning made.key into strict decoy_key;
    end if;
    for seeker in
        (select new.user_id from app.tickets new
        where new.tenant_id = in_tenant_id and new.kind = in_kind and new.searched_at is null and new.away_since is null
        order by new.created_at limit in_batch_size)
        union all
        (select old.user_id from app.tickets old
        where old.tenant_id = in_tenant_id and old.kind = in_kind and old.away_since is null
            and old.searched_at <= app.now() - in_retry_interval
        order by old.searched_at limit in_retry_batch_size)
    loop
        -- Somebody may have been matched a moment ago in this very pass; one whose owner is just changing it is new again.
        select waiting.* into ticket from app.tickets waiting
        where waiting.tenant_id = in_tenant_id and waiting.user_id = seeker and waiting.kind = in_kind
            and waiting.away_since is null
        for update skip locked;
        continue when not found;

        if exists (
            select from app.users barred
            where barred.tenant_id = in_tenant_id and barred.id = seeker and (
                barred.ban_reason is not null and (barred.banned_until is null or barred.banned_until > app.now())
                or barred.matching_suspended_until > app.now()
            )
        ) or exists (
            select from app.match_slots busy
            where busy.tenant_id = in_tenant_id and busy.user_id = seeker and busy.type = 'anonymous_' || in_kind
        ) then
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = seeker
                and done.kind = in_kind;
            continue;
        end if;

        loop
            partner_id := app.find_partner(in_tenant_id, ticket, in_rematch_cooldown, decoy_key);
            exit when partner_id is null;
            select other.* into strict partner from app.tickets other
            where other.tenant_id = in_tenant_id and other.user_id = partner_id and other.kind = in_kind;
            -- Only here are rights spent, by one matcher at a time: what is left stays left until it is used below.
            exit when app.quota_left(in_tenant_id, partner_id, in_kind, today, partner.day_limit) > 0;
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = partner_id
                and done.kind = in_kind;
            match_id := null;
            user1_id := partner.user_id;
            profile1_id := partner.profile_id;
            ticket1_id := partner.id;
            return next;
        end loop;
        if partner_id is null then
            update app.tickets waiting set searched_at = app.now()
            where waiting.tenant_id = in_tenant_id and waiting.user_id = seeker and waiting.kind = in_kind;
            continue;
        end if;

        user1_id := ticket.user_id;
        profile1_id := ticket.profile_id;
        ticket1_id := ticket.id;
        if not app.consume_quota(in_tenant_id, seeker, in_kind, today, ticket.day_limit) then
            delete from app.tickets done where done.tenant_id = in_tenant_id and done.user_id = seeker
                and done.kind = in_kind;
            match_id := null;
            return next;
            continue;
        end if;
        perform app.consume_quota(in_tenant_id, partner_id, in_kind, today, partner.day_limit);
        delete from app.tickets done
        where done.tenant_id = in_tenant_id and done.user_id = any(array[seeker, partner_id]) and done.kind = in_kind;

        user2_id := partner.user_id;
        profile2_id := partner.profile_id;
        ticket2_id := partner.id;
        match_id := uuidv7();
        expires_at := app.now() + in_duration;
        conversation_id := app.open_conversation(
            in_tenant_id, match_id, profile1_id, array[user1_id, user2_id], array[profile1_id, profile2_id], expires_at
        );
        insert into app.matches (
            tenant_id, id, type, status, user1_id, user2_id, profile1_id, profile2_id, conversation_id, claim_opens_at,
            expires_at
        ) values (
            in_tenant_id, match_id, 'anonymous_' || in_kind, 'active', user1_id, user2_id, profile1_id, profile2_id,
            conversation_id,
            app.now() + in_claim_delay, expires_at
        );
        insert into app.match_slots (tenant_id, user_id, type, match_id, profile_id, ticket_id) values
            (in_tenant_id, user1_id, 'anonymous_' || in_kind, match_id, profile1_id, ticket1_id),
            (in_tenant_id, user2_id, 'anonymous_' || in_kind, match_id, profile2_id, ticket2_id);
        insert into app.encounters as met (tenant_id, first_profile_id, second_profile_id)
        values (in_tenant_id, least(profile1_id, profile2_id), greatest(profile1_id, profile2_id))
        on conflict (tenant_id, first_profile_id, second_profile_id) do update set met_at = excluded.met_at;
        return next;
    end loop;
end $$;

comment on function app.match_tickets is
    'Runs one pass of the matcher over one tenant. Returns a row for each match and each ticket that ended.';
revoke all on function app.match_tickets from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.match_tickets to meydan_service;

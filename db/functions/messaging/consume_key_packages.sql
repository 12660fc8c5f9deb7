-- Only for founding a group, at the epoch that the caller has seen: later devices bring their own packages.
-- Each consuming call counts for its person in this conversation, so that nobody can use up a stranger's packages.
create or replace function app.consume_key_packages(
    in_tenant_id integer, in_conversation_id uuid, in_device_id uuid, in_epoch integer, in_limit integer,
    out outcome text, out profile_ids uuid[], out device_ids uuid[], out packages bytea[]
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    mine record;
    found_conversation record;
begin
    select member.key_package_claims into mine from app.conversation_members member
    where member.tenant_id = in_tenant_id and member.tenant_id = app.tenant_id()
        and member.conversation_id = in_conversation_id and member.profile_id = app.profile_id()
        and member.user_id = app.user_id()
    for update;
    if not found then
        outcome := 'not_found';
        return;
    end if;
    select conversation.epoch, conversation.closed_at is null and conversation.expires_at > app.now() as open,
        peer.profile_id as peer_profile_id
    into strict found_conversation
    from app.conversations conversation
    join app.conversation_members peer on peer.tenant_id = conversation.tenant_id
        and peer.conversation_id = conversation.id and peer.profile_id <> app.profile_id()
    where conversation.tenant_id = in_tenant_id and conversation.id = in_conversation_id;
    if not found_conversation.open
        or app.blocked_between(in_tenant_id, app.profile_id(), found_conversation.peer_profile_id) then
        outcome := 'closed';
        return;
    end if;
    if found_conversation.epoch <> in_epoch then
        outcome := 'stale';
        return;
    end if;
    if mine.key_package_claims >= in_limit then
        outcome := 'spent';
        return;
    end if;
    if not exists (
        select from app.key_packages offered
        where offered.tenant_id = in_tenant_id and offered.profile_id = found_conversation.peer_profile_id
    ) then
        outcome := 'done'; -- nobody to talk to yet: the caller's other devices keep their packages
        return;
    end if;
    with devices as (
        select ranked.profile_id, ranked.device_id
        from (
            select offered.profile_id, offered.device_id,
                row_number() over (partition by offered.profile_id order by max(offered.created_at) desc) as place
            from app.key_packages offered
            where offered.tenant_id = in_tenant_id
                and offered.profile_id in (app.profile_id(), found_conversation.peer_profile_id)
                and offered.device_id <> in_device_id
            group by offered.profile_id, offered.device_id
        ) ranked
        where ranked.place <= 10
    ),
    chosen as (
        select oldest.id
        from devices
        cross join lateral (
            select offered.id from app.key_packages offered
            where offered.tenant_id = in_tenant_id
                and offered.profile_id = devices.profile_id and offered.device_id = devices.device_id
            order by offered.id limit 1 for update skip locked
        ) oldest
    ),
    taken as (
        delete from app.key_packages offered using chosen
        where offered.tenant_id = in_tenant_id and offered.id = chosen.id
        returning offered.profile_id, offered.device_id, offered.body
    )
    select array_agg(taken.profile_id), array_agg(taken.device_id), array_agg(taken.body)
    into profile_ids, device_ids, packages from taken;
    outcome := 'done';
    if packages is not null then
        update app.conversation_members member set key_package_claims = member.key_package_claims + 1
        where member.tenant_id = in_tenant_id and member.conversation_id = in_conversation_id
            and member.profile_id = app.profile_id();
    end if;
end $$;

comment on function app.consume_key_packages is
    'Consumes one key package for each of the ten devices that either person used last. Locks: conversation_members.';
revoke all on function app.consume_key_packages from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.consume_key_packages to meydan_app;

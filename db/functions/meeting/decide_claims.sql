-- A stranger silent until `claim_opens_at` means approved.
-- Several may decide at once: each takes claims that no other holds.
create or replace function app.decide_claims(in_tenant_id integer, in_batch_size integer)
returns table (
    id uuid, user_id uuid, profile_id uuid, match_id uuid, status text, reason text, created_at timestamptz,
    decided_at timestamptz
) language sql set search_path = pg_catalog, pg_temp
begin atomic
    with asked as (
        select claim.id, claim.user_id, claim.match_id from app.claims claim
        where claim.tenant_id = in_tenant_id and claim.status = 'pending'
        order by claim.created_at limit in_batch_size for update skip locked
    ),
    judged as (
        select asked.id, split_part(met.type, '_', 2) as kind,
            case
                when met.ended_by_user_id = asked.user_id and met.ended_at < met.claim_opens_at then 'left_early'
                when exists (
                    select from app.message_logs log
                    where log.tenant_id = met.tenant_id and log.conversation_id = met.conversation_id
                        and log.kind = 'text'
                        and log.sender_user_id
                            = case when met.user1_id = asked.user_id then met.user2_id else met.user1_id end
                        and log.sent_at < met.claim_opens_at
                ) then 'stranger_wrote'
            end as reason
        from asked
        join app.matches met on met.tenant_id = in_tenant_id and met.id = asked.match_id
    ),
    decided as (
        update app.claims claim
        set status = case when judged.reason is null then 'approved' else 'rejected' end, reason = judged.reason,
            decided_at = app.now()
        from judged
        where claim.tenant_id = in_tenant_id and claim.id = judged.id
        returning claim.id, claim.user_id, claim.profile_id, claim.match_id, claim.status, claim.reason,
            claim.created_at, claim.decided_at, judged.kind
    ),
    given_back as (
        insert into app.daily_quota as today (tenant_id, user_id, kind, day, granted)
        select in_tenant_id, decided.user_id, decided.kind, app.today(in_tenant_id), count(*)
        from decided where decided.status = 'approved' group by decided.user_id, decided.kind
        on conflict (tenant_id, user_id, kind, day) do update set granted = today.granted + excluded.granted
    )
    select decided.id, decided.user_id, decided.profile_id, decided.match_id, decided.status, decided.reason,
        decided.created_at, decided.decided_at
    from decided;
end;

comment on function app.decide_claims is 'Decides pending claims. An approved one gives one right more today.';
revoke all on function app.decide_claims from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.decide_claims to meydan_service;

create or replace function app.end_matches(in_tenant_id integer, in_batch_size integer)
returns table (
    match_id uuid, type text, status text, conversation_id uuid, user1_id uuid, profile1_id uuid, user2_id uuid,
    profile2_id uuid, ended_by_user_id uuid
) language sql set search_path = pg_catalog, pg_temp
begin atomic
    select done.match_id, done.type, done.status, done.conversation_id, done.user1_id, done.profile1_id, done.user2_id,
        done.profile2_id, done.ended_by_user_id
    from (
        select over.id
        from app.matches over
        where over.tenant_id = in_tenant_id and over.status = 'active' and over.expires_at <= app.now()
        order by over.expires_at limit in_batch_size for update skip locked
    ) up
    cross join lateral app.end_match(in_tenant_id, up.id, 'expired') done;
end;

comment on function app.end_matches is 'Ends the matches whose time is up, at most so many.';
revoke all on function app.end_matches from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.end_matches to meydan_service;

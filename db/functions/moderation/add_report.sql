-- A person knows a profile, the table needs its user: looked up here, where the person cannot look.
create or replace function app.add_report(in_tenant_id integer, in_profile_id uuid, in_reason text, in_text text,
    in_match_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.reports (
        tenant_id, reporter_user_id, reporter_profile_id, reported_user_id, reported_profile_id, reason, text, match_id
    )
    select other.tenant_id, app.user_id(), app.profile_id(), other.user_id, other.id,
        in_reason, in_text, in_match_id
    from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = in_tenant_id and other.id = in_profile_id
        and other.user_id <> app.user_id()
        and app.have_met(other.tenant_id, app.profile_id(), other.id)
        and (in_match_id is null or exists (
            select from app.matches met
            where met.tenant_id = other.tenant_id and met.id = in_match_id
                and app.profile_id() in (met.profile1_id, met.profile2_id)
                and other.id in (met.profile1_id, met.profile2_id)
        ))
    on conflict do nothing;
end;

comment on function app.add_report is 'Reports a profile that the caller has met.';
revoke all on function app.add_report from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.add_report to meydan_app;

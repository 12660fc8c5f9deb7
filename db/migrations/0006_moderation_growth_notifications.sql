-- What people say about people, who brought whom, and what everybody is told.

-- Unique for a reporter and a *face*: answering "you reported this one already" about another face of the same person would
-- tie the two. Counting is by person: either face of the reporter, either face of the reported.
create table app.reports (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    reporter_user_id uuid not null,
    reporter_profile_id uuid not null,
    reported_user_id uuid not null,
    reported_profile_id uuid not null,
    reason text not null check (reason in ('harassment', 'sexual_content', 'underage', 'spam', 'threat', 'other')),
    text text not null default '' check (length(text) <= 1000),
    match_id uuid,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, reporter_user_id, reported_profile_id),
    foreign key (tenant_id, match_id) references app.matches (tenant_id, id),
    foreign key (tenant_id, reporter_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, reporter_profile_id) references app.profiles (tenant_id, id),
    foreign key (tenant_id, reported_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, reported_profile_id) references app.profiles (tenant_id, id),
    check (reporter_user_id <> reported_user_id)
);
create index reports_about on app.reports (tenant_id, reported_user_id, reporter_user_id);
select app.protect('app.reports');
create policy own_read on app.reports for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and reporter_user_id = (select app.user_id()));
grant select (tenant_id, id, reporter_user_id, reporter_profile_id, reported_profile_id, reason, text, match_id, created_at)
    on app.reports to meydan_app;

-- A person knows a profile, the table wants to know whose it is: looked up here, where the person cannot look.
create function app.add_report(tenant integer, profile_id uuid, reason text, words text, match_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.reports (
        tenant_id, reporter_user_id, reporter_profile_id, reported_user_id, reported_profile_id, reason, text, match_id
    )
    select other.tenant_id, app.user_id(), app.profile_id(), other.user_id, other.id,
        add_report.reason, add_report.words, add_report.match_id
    from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = add_report.tenant and other.id = add_report.profile_id
        and other.user_id <> app.user_id()
        and app.have_met(other.tenant_id, app.profile_id(), other.id)
        and (add_report.match_id is null or exists (
            select from app.matches met
            where met.tenant_id = other.tenant_id and met.id = add_report.match_id
                and app.profile_id() in (met.profile1_id, met.profile2_id)
                and other.id in (met.profile1_id, met.profile2_id)
        ))
    on conflict do nothing;
end;
revoke all on function app.add_report(integer, uuid, text, text, uuid) from public;
grant execute on function app.add_report(integer, uuid, text, text, uuid) to meydan_app;

-- One code for each face: the same code shown by both would tie them.
create table app.invite_codes (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    profile_id uuid not null,
    code text not null check (code ~ '^[2-9A-HJKMNP-Z]{8}$'),
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, code),
    unique (tenant_id, profile_id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, profile_id) references app.profiles (tenant_id, id)
);
create index invite_codes_of_user on app.invite_codes (tenant_id, user_id);
select app.protect('app.invite_codes');
create policy own_read on app.invite_codes for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_make on app.invite_codes for insert to meydan_app
    with check (
        tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()) and profile_id = (select app.profile_id())
    );
grant select (tenant_id, id, user_id, profile_id, code, created_at) on app.invite_codes to meydan_app;
grant insert (tenant_id, user_id, profile_id, code) on app.invite_codes to meydan_app;

-- Who brought whom. Written by the service when somebody registers and when their phone is verified.
create table app.referrals (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    inviter_user_id uuid not null,
    invited_user_id uuid not null,
    reward_given boolean not null default false,
    refused text check (refused in ('own_device', 'phone_known')),
    decided_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, invited_user_id),
    foreign key (tenant_id, inviter_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, invited_user_id) references app.users (tenant_id, id),
    check (inviter_user_id <> invited_user_id),
    check (not (reward_given and refused is not null))
);
create index referrals_of_inviter on app.referrals (tenant_id, inviter_user_id, id desc);
select app.protect('app.referrals');
create policy inviter_read on app.referrals for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and inviter_user_id = (select app.user_id()));
grant select (tenant_id, id, inviter_user_id, reward_given) on app.referrals to meydan_app;

create table app.notifications (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    profile_id uuid,
    kind text not null check (kind in ('system', 'match', 'claim', 'ad')),
    code text not null check (code ~ '^[a-z_]{1,40}$'),
    data jsonb not null default '{}',
    read_at timestamptz,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, profile_id) references app.profiles (tenant_id, id)
);
create index notifications_of_user on app.notifications (tenant_id, user_id, id desc);
create index notifications_unread on app.notifications (tenant_id, user_id, id) where read_at is null;
create index notifications_by_age on app.notifications (tenant_id, created_at);
select app.protect('app.notifications');
create policy own_read on app.notifications for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_mark on app.notifications for update to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (tenant_id, id, user_id, profile_id, kind, code, data, read_at, created_at) on app.notifications to meydan_app;
grant update (read_at) on app.notifications to meydan_app;

-- What one person does may be news for others: written here, where they cannot write themselves.
create function app.add_notifications(
    tenant integer, user_ids uuid[], profile_ids uuid[], kind text, code text, data jsonb, seen boolean
) returns table (user_id uuid, profile_id uuid, id uuid, created_at timestamptz, unread integer)
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    with added as (
        insert into app.notifications as written (tenant_id, user_id, profile_id, kind, code, data, read_at)
        select app.tenant_id(), named.user_id, named.profile_id,
            add_notifications.kind, add_notifications.code, add_notifications.data,
            case when add_notifications.seen then app.now() end
        from unnest(add_notifications.user_ids, add_notifications.profile_ids) as named (user_id, profile_id)
        where app.tenant_id() = add_notifications.tenant
        returning written.user_id, written.profile_id, written.id, written.created_at
    )
    select added.user_id, added.profile_id, added.id, added.created_at, (
        -- The statement sees what was there before it: the new one comes on top.
        select (not add_notifications.seen)::integer + count(*) from app.notifications waiting
        where waiting.tenant_id = app.tenant_id() and waiting.user_id = added.user_id and waiting.read_at is null
    )::integer
    from added;
end;
revoke all on function app.add_notifications(integer, uuid[], uuid[], text, text, jsonb, boolean) from public;
grant execute on function app.add_notifications(integer, uuid[], uuid[], text, text, jsonb, boolean) to meydan_app, meydan_service;

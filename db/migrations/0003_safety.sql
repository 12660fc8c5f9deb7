-- Who does not want to meet whom, and whom the community does not want.

-- A block is made by one face against another. What it does between the two faces at once (their match ends) stays between
-- them, so that it says nothing about other faces; that the two *people* are never matched again is the matcher's business.
create table app.blocks (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    blocker_user_id uuid not null,
    blocker_profile_id uuid not null,
    blocked_user_id uuid not null,
    blocked_profile_id uuid not null,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    unique (tenant_id, blocker_profile_id, blocked_profile_id),
    foreign key (tenant_id, blocker_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, blocker_profile_id) references app.profiles (tenant_id, id),
    foreign key (tenant_id, blocked_user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, blocked_profile_id) references app.profiles (tenant_id, id),
    check (blocker_user_id <> blocked_user_id)
);
create index blocks_of_blocker on app.blocks (tenant_id, blocker_user_id, id desc);
create index blocks_apart on app.blocks (tenant_id, blocker_user_id, blocked_user_id);
create index blocks_apart_reversed on app.blocks (tenant_id, blocked_user_id, blocker_user_id);
create index blocks_of_blocked_profile on app.blocks (tenant_id, blocked_profile_id);
select app.protect('app.blocks');
create policy own_read on app.blocks for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and blocker_user_id = (select app.user_id()));
create policy own_delete on app.blocks for delete to meydan_app
    using (tenant_id = (select app.tenant_id()) and blocker_user_id = (select app.user_id()));
grant select (tenant_id, id, blocker_user_id, blocker_profile_id, blocked_profile_id, created_at) on app.blocks to meydan_app;
grant delete on app.blocks to meydan_app;

-- Whether these two faces are or were brought together. Safety asks; whoever brings people together answers by replacing this.
create function app.have_met(tenant integer, one uuid, other uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select false;
end;
revoke all on function app.have_met(integer, uuid, uuid) from public;

-- A person knows a profile, the table wants to know whose it is: looked up here, where the person cannot look.
create function app.add_block(tenant integer, profile_id uuid) returns void
language sql security definer set search_path = pg_catalog, pg_temp
begin atomic
    insert into app.blocks (tenant_id, blocker_user_id, blocker_profile_id, blocked_user_id, blocked_profile_id)
    select other.tenant_id, app.user_id(), app.profile_id(), other.user_id, other.id
    from app.profiles other
    where other.tenant_id = app.tenant_id() and other.tenant_id = add_block.tenant and other.id = add_block.profile_id
        and other.user_id <> app.user_id()
        and app.have_met(other.tenant_id, app.profile_id(), other.id)
    on conflict do nothing;
end;
revoke all on function app.add_block(integer, uuid) from public;
grant execute on function app.add_block(integer, uuid) to meydan_app;

-- Whom a person has blocked, under either of their faces, newest first; or the active face's block of one profile.
create function app.my_blocks(tenant integer, only_profile_id uuid, before uuid, at_most integer)
returns table (id uuid, face text, profile jsonb, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select block.id, mine.face,
        jsonb_build_object('id', other.id, 'alias', other.alias, 'tag', other.tag, 'avatar_seed', other.avatar_seed),
        block.created_at
    from app.blocks block
    join app.profiles mine on mine.tenant_id = block.tenant_id and mine.id = block.blocker_profile_id
    join app.profiles other on other.tenant_id = block.tenant_id and other.id = block.blocked_profile_id
    where block.tenant_id = app.tenant_id() and block.tenant_id = my_blocks.tenant
        and block.blocker_user_id = app.user_id()
        and (
            my_blocks.only_profile_id is null
            or (block.blocker_profile_id, block.blocked_profile_id) = (app.profile_id(), my_blocks.only_profile_id)
        )
        and (my_blocks.before is null or block.id < my_blocks.before)
    order by block.id desc
    limit my_blocks.at_most;
end;
revoke all on function app.my_blocks(integer, uuid, uuid, integer) from public;
grant execute on function app.my_blocks(integer, uuid, uuid, integer) to meydan_app;

-- Whether either of two faces blocked the other. People ask only about their own: they may be told that a conversation is
-- closed, never who closed it.
create function app.blocked_between(tenant integer, one uuid, other uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select exists (
        select from app.blocks block
        where block.tenant_id = app.tenant_id() and block.tenant_id = blocked_between.tenant
            and (session_user = 'meydan_service' or app.profile_id() in (blocked_between.one, blocked_between.other))
            and ((block.blocker_profile_id, block.blocked_profile_id) = (blocked_between.one, blocked_between.other)
                or (block.blocker_profile_id, block.blocked_profile_id) = (blocked_between.other, blocked_between.one))
    );
end;
revoke all on function app.blocked_between(integer, uuid, uuid) from public;
grant execute on function app.blocked_between(integer, uuid, uuid) to meydan_app, meydan_service;

-- Bans stay after they are lifted or over, and after the account is erased.
create table app.bans (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    reason text not null
        check (reason in ('reports', 'harassment', 'sexual_content', 'underage', 'spam', 'threat', 'other')),
    until timestamptz,
    banned_by uuid,
    lifted_at timestamptz,
    lifted_by uuid,
    created_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
create unique index bans_one_open on app.bans (tenant_id, user_id) where lifted_at is null;
create index bans_of_user on app.bans (tenant_id, user_id, id desc);
select app.protect('app.bans');
revoke delete on app.bans from meydan_service;
create policy own_read on app.bans for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (tenant_id, id, user_id, reason, until, lifted_at, created_at) on app.bans to meydan_app;

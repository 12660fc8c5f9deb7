-- Passkeys (WebAuthn): a user's own, each of one host of the community, and the challenges that were answered.
-- serves: 0023
-- Random, and not of a face: authenticators keep it beside each passkey of the account.
alter table app.users add column passkey_handle bytea check (length(passkey_handle) = 32);
alter table app.users add check (erased_at is null or passkey_handle is null) not valid;
alter table app.users validate constraint users_check4;

create table app.passkeys (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    -- The relying party: the name of the only host at which browsers offer it.
    rp_id text not null check (length(rp_id) between 1 and 253),
    credential_id bytea not null check (length(credential_id) between 16 and 1023),
    public_key bytea not null check (length(public_key) between 1 and 1024),
    -- The authenticator's counter; 0 for passkeys that have none.
    sign_count bigint not null check (sign_count between 0 and 4294967295),
    is_backup_eligible boolean not null,
    is_backed_up boolean not null,
    transports text[] not null check (cardinality(transports) <= 8),
    name text not null check (length(name) between 1 and 60),
    created_at timestamptz not null default app.now(),
    last_used_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    unique (tenant_id, rp_id, credential_id),
    check (is_backup_eligible or not is_backed_up)
);
create index passkeys_of_user on app.passkeys (tenant_id, user_id);
select app.enable_tenant_rls('app.passkeys');
create policy own_read on app.passkeys for select to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy own_change on app.passkeys for update to meydan_app
    using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
    with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
grant select (tenant_id, id, rp_id, name, is_backed_up, created_at, last_used_at) on app.passkeys to meydan_app;
grant update (name) on app.passkeys to meydan_app;

create table app.spent_passkey_challenges (
    tenant_id integer not null references app.tenants,
    id uuid not null,
    expires_at timestamptz not null,
    primary key (tenant_id, id)
);
create index spent_passkey_challenges_expires on app.spent_passkey_challenges (tenant_id, expires_at);
select app.enable_tenant_rls('app.spent_passkey_challenges');

-- squawk-ignore ban-drop-constraint -- the one with a seventh kind takes its place
alter table app.restore_journal drop constraint restore_journal_kind_check;
-- squawk-ignore constraint-missing-not-valid -- rows live for a week
alter table app.restore_journal add constraint restore_journal_kind_check
    check (kind in ('ban', 'contact_ban', 'erasure', 'block', 'role', 'freeze', 'passkey'));
create trigger note_for_restore after delete on app.passkeys
    for each row execute function app.note_for_restore('passkey', 'id', 'user_id');

-- Below this line: written by `make functions` from db/functions. Change it there.

-- The first argument of the trigger is the kind, the others are the columns to keep. None of them holds a name.
create or replace function app.note_for_restore() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
declare
    changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
    insert into app.restore_journal (tenant_id, kind, entry)
    select (changed->>'tenant_id')::integer, tg_argv[0], jsonb_object_agg(kept.key, kept.value)
    from jsonb_each(changed) kept where kept.key = any(tg_argv[1:]);
    return null;
end $$;

comment on function app.note_for_restore is 'Notes in the restore journal what a restore must not undo.';
revoke all on function app.note_for_restore from public, meydan_app, meydan_service, meydan_relay;

-- What a restore must not undo: bans, lifted bans, erasures, blocks, roles and freezes, as ids and hashes without names.
-- serves: 0021

create table app.restore_journal (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    kind text not null check (kind in ('ban', 'contact_ban', 'erasure', 'block', 'role', 'freeze')),
    -- The columns that the trigger names, as they are after the change.
    entry jsonb not null,
    created_at timestamptz not null default app.now(),
    -- Time at which the worker wrote it to the place of the backups.
    shipped_at timestamptz,
    primary key (tenant_id, id)
);
create index restore_journal_waiting on app.restore_journal (tenant_id, id) where shipped_at is null;
select app.enable_tenant_rls('app.restore_journal');

create function app.note_for_restore() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$ begin return null; end $$;

-- Triggers, because a change that one path forgot to note would come back with a backup.
create trigger note_for_restore after insert or update of reason, until, lifted_at on app.bans
    for each row execute function app.note_for_restore('ban', 'user_id', 'reason', 'until', 'lifted_at');
create trigger note_for_restore after insert on app.known_contacts
    for each row when (new.ban_reason is not null)
    execute function app.note_for_restore('contact_ban', 'contact_hash', 'ban_reason', 'banned_until');
create trigger note_change_for_restore after update of ban_reason, banned_until on app.known_contacts
    for each row when (new.ban_reason is distinct from old.ban_reason or new.banned_until is distinct from old.banned_until)
    execute function app.note_for_restore('contact_ban', 'contact_hash', 'ban_reason', 'banned_until');
create trigger note_for_restore after update of erased_at on app.users
    for each row when (new.erased_at is not null and old.erased_at is null)
    execute function app.note_for_restore('erasure', 'id');
create trigger note_role_for_restore after update of role on app.users
    for each row when (new.role <> old.role and new.erased_at is null)
    execute function app.note_for_restore('role', 'id', 'role');
create trigger note_for_restore after insert on app.blocks
    for each row execute function app.note_for_restore('block', 'blocker_profile_id', 'blocked_profile_id', 'scope');
create trigger note_for_restore after insert or update of thawed_at on app.wallet_freezes
    for each row execute function app.note_for_restore('freeze', 'user_id', 'thawed_at');

-- Below this line: written by `make functions` from db/functions. Change it there.

-- The first argument of the trigger is the kind, the others are the columns to keep. None of them holds a name.
create or replace function app.note_for_restore() returns trigger language plpgsql security definer
    set search_path = pg_catalog, pg_temp as $$
begin
    insert into app.restore_journal (tenant_id, kind, entry)
    select new.tenant_id, tg_argv[0], jsonb_object_agg(kept.key, kept.value)
    from jsonb_each(to_jsonb(new)) kept where kept.key = any(tg_argv[1:]);
    return null;
end $$;

comment on function app.note_for_restore is 'Notes in the restore journal what a restore must not undo.';
revoke all on function app.note_for_restore from public, meydan_app, meydan_service, meydan_relay;

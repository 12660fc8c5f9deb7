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

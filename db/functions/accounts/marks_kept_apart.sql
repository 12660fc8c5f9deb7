-- A mark is found only with the contact key, which the database does not hold.
create or replace function app.marks_kept_apart(in_tenant_id integer, in_marks bytea[]) returns bytea[]
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select coalesce(array_agg(distinct pair.other_mark), '{}')
    from app.kept_apart pair
    where pair.tenant_id = app.tenant_id() and pair.tenant_id = in_tenant_id and pair.mark = any(in_marks)
        and pair.kept_until > app.now();
end;

comment on function app.marks_kept_apart is 'Returns the marks of those whom the owner of these marks must not meet.';
revoke all on function app.marks_kept_apart from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.marks_kept_apart to meydan_app, meydan_service;

-- Burdens of an erased account wait under keyed hashes of its contacts, and the next account with one of them inherits them.
-- Serves no older program: it hashes contacts without the contact key. Stop, migrate, start.
-- serves: 0021

alter table app.known_contacts
    add column user_id uuid,
    add column left_at timestamptz,
    add column is_rehashed boolean not null default true;
comment on column app.known_contacts.user_id is 'The account that proved the contact last; null once it was erased.';
comment on column app.known_contacts.left_at is 'Time at which that account was erased.';
comment on column app.known_contacts.is_rehashed is
    'False for a hash of an older program, made without the contact key. `meydan migrate` hashes it again.';
-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid -- the column is new and empty
alter table app.known_contacts add foreign key (tenant_id, user_id) references app.users (tenant_id, id);
update app.known_contacts set is_rehashed = false;
-- squawk-ignore require-concurrent-index-creation -- no older program runs meanwhile
create index known_contacts_of_user on app.known_contacts (tenant_id, user_id) where user_id is not null;
-- squawk-ignore require-concurrent-index-creation
create index known_contacts_left on app.known_contacts (tenant_id, left_at) where left_at is not null;
grant delete on app.known_contacts to meydan_service;

-- Erased accounts by the marks of their contacts. Without the contact key no mark leads to a contact or another account.
create table app.former_accounts (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    mark bytea not null,
    -- The contact's hash, sealed with the contact key.
    sealed_hash bytea not null,
    kept_until timestamptz not null,
    primary key (tenant_id, user_id, mark),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
create index former_accounts_of_mark on app.former_accounts (tenant_id, mark);
select app.enable_tenant_rls('app.former_accounts');

-- Marks of people, or of faces, that must not meet. It holds no id and no exact time, which would tie two faces.
create table app.kept_apart (
    tenant_id integer not null references app.tenants,
    mark bytea not null,
    other_mark bytea not null,
    kept_until timestamptz not null,
    primary key (tenant_id, mark, other_mark)
);
create index kept_apart_reversed on app.kept_apart (tenant_id, other_mark);
select app.enable_tenant_rls('app.kept_apart');

alter table app.tickets
    add column marks bytea[] not null default '{}',
    add column apart bytea[] not null default '{}';
comment on column app.tickets.marks is 'Marks of the person and of the face that wait.';
comment on column app.tickets.apart is 'Marks of those whom an erased account of this person must not meet.';
grant insert (marks, apart) on app.tickets to meydan_app;

-- Below this line: written by `make functions` from db/functions. Change it there.

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

-- Aliases fold in every script. Countries that operators wrote in small letters become those that are checked.
-- serves: 0014

-- The column keeps the old function until it has the new one's values.
-- squawk-ignore renaming-object -- the new one has its name at the end of this transaction
alter function app.alias_key(text) rename to alias_key_before;
create function app.alias_key(in_alias text) returns text language sql immutable parallel safe
return normalize(casefold(translate(
    normalize(in_alias, nfkc),
    U&'\0130I\0131\064A\0649\0643'
        || U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9'
        || U&'\0307\200C\200D\0640',
    U&'iii\06CC\06CC\06A9' || '01234567890123456789'
) collate pg_catalog.pg_unicode_fast), nfkc);

-- Of faces whose aliases fold alike only now, and that share a tag, all but the oldest get a new tag.
do $$
declare
    newer record;
begin
    for newer in
        select face.tenant_id, face.id, face.folded
        from (
            select p.tenant_id, p.id, app.alias_key(p.alias) as folded, row_number() over (
                partition by p.tenant_id, app.alias_key(p.alias), p.tag order by p.created_at, p.id
            ) as place
            from app.profiles p where p.alias <> ''
        ) face
        where face.place > 1
    loop
        update app.profiles set tag = (
            select free.tag from (select lpad(n::text, 4, '0') as tag from generate_series(0, 9999) n) free
            where not exists (
                select from app.profiles taken
                where taken.tenant_id = newer.tenant_id and taken.tag = free.tag
                    and app.alias_key(taken.alias) = newer.folded and taken.alias <> ''
            )
            order by random() limit 1
        )
        where tenant_id = newer.tenant_id and id = newer.id;
    end loop;
end $$;
alter table app.profiles alter column alias_key set expression as (app.alias_key(alias));
-- squawk-ignore ban-drop-function -- nothing calls it any more
drop function app.alias_key_before(text);

update app.tenant_configs set config_value = upper(config_value::text)::jsonb
where config_key in ('accounts.default_region', 'accounts.sms_countries')
    and config_value::text ~ '^[][", A-Za-z]*[a-z][][", A-Za-z]*$' and config_value <> 'null';

-- Below this line: written by `make functions` from db/functions. Change it there.

-- Case, width, the four Turkish i, joiners without a width and stretched letters do not count. Signs that Arabic and
-- Persian write with a code point each are the same. PostgreSQL's own collation folds alike in every installation.
create or replace function app.alias_key(in_alias text) returns text language sql immutable parallel safe
return normalize(casefold(translate(
    normalize(in_alias, nfkc),
    U&'\0130I\0131\064A\0649\0643'
        || U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9'
        || U&'\0307\200C\200D\0640',
    U&'iii\06CC\06CC\06A9' || '01234567890123456789'
) collate pg_catalog.pg_unicode_fast), nfkc);

comment on function app.alias_key is 'Folds an alias or an interest so that two which read the same compare equal.';
revoke all on function app.alias_key from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.alias_key to public;

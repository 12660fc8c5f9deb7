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

-- Case, width and the four Turkish i do not count.
create or replace function app.alias_key(in_alias text) returns text language sql immutable parallel safe
return lower(translate(normalize(in_alias, nfkc), U&'\0130I\0131\0307', 'iii'));

comment on function app.alias_key is 'Folds an alias so that two which read the same compare equal.';
revoke all on function app.alias_key from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.alias_key to public;

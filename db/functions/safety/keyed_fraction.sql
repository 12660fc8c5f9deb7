-- Without the key nobody can tell one pair's number from another's. Both orders of a pair give the same one.
create or replace function app.keyed_fraction(in_key uuid, in_one uuid, in_other uuid, in_purpose integer)
    returns double precision language sql immutable parallel safe
return substr(sha256(
        uuid_send(in_key) || uuid_send(least(in_one, in_other)) || uuid_send(greatest(in_one, in_other))
        || int4send(in_purpose)
    ), 1, 6)::bigint / 281474976710656.0::double precision;

comment on function app.keyed_fraction is
    'Returns a number from 0 to 1 that looks random, the same for the same key, ids and purpose.';
revoke all on function app.keyed_fraction from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.keyed_fraction to meydan_service;

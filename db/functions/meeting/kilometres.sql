-- As exact as cells of ten kilometres deserve. Without `set`, so that it is inlined.
create or replace function app.kilometres(one point, other point) returns double precision language sql immutable parallel safe
return 111.2 * sqrt(
    power(one[1] - other[1], 2)
    + power(least(abs(one[0] - other[0]), 360 - abs(one[0] - other[0])) * cos(radians((one[1] + other[1]) / 2)), 2)
);

comment on function app.kilometres is 'Returns the distance between two cells in kilometres.';
revoke all on function app.kilometres from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.kilometres to public;

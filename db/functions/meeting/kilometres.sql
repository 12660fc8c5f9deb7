-- As exact as cells of ten kilometres deserve. Without `set`, so that it is inlined.
create or replace function app.kilometres(in_a point, in_b point)
    returns double precision language sql immutable parallel safe
return 111.2 * sqrt(
    power(in_a[1] - in_b[1], 2)
    + power(least(abs(in_a[0] - in_b[0]), 360 - abs(in_a[0] - in_b[0])) * cos(radians((in_a[1] + in_b[1]) / 2)), 2)
);

comment on function app.kilometres is 'Returns the distance between two cells in kilometres.';
revoke all on function app.kilometres from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.kilometres to public;

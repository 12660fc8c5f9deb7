-- Where clocks go back over midnight a day has two. PostgreSQL names the second, but the day begins at the first.
create or replace function app.day_begins(in_timezone text, in_day date) returns timestamptz
language sql stable parallel safe
return (
    select min(instant)
    from (select in_day::timestamp at time zone in_timezone as midnight) as named,
        unnest(array[named.midnight - interval '1 hour', named.midnight]) as instant
    where instant = named.midnight or (instant at time zone in_timezone)::date = in_day
);

comment on function app.day_begins is 'Returns the first moment of a day in a time zone.';
revoke all on function app.day_begins from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.day_begins to public;

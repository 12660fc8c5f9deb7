create or replace function app.now() returns timestamptz language sql stable parallel safe
return now() + make_interval(secs => coalesce(nullif(current_setting('app.clock_offset',
    true), ''), '0')::double precision);

comment on function app.now is 'Returns the time of the product''s clock: the database''s own, moved only by tests.';
revoke all on function app.now from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.now to public;

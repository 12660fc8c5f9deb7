-- Sessions: a browser's signature lengthens the grace of an outdated token, and what ended lately is found by its time.
-- serves: 0023
-- A raw P-256 public key of the browser; null where it has none.
alter table app.sessions add column browser_key bytea check (length(browser_key) = 65);
-- The newest number's token has been presented, so no older one may have it again.
alter table app.sessions add column newest_used boolean not null default false;

-- squawk-ignore require-concurrent-index-creation -- a second for a million sessions, of which few have ended
create index sessions_ended on app.sessions (tenant_id, ended_at) where ended_at is not null;

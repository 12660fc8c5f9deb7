-- Limits: a user has so many sessions, and one more ends the one unused longest.
-- serves: 0023

-- squawk-ignore ban-drop-constraint -- a wider one takes its place
alter table app.sessions drop constraint sessions_end_reason_check;
-- squawk-ignore constraint-missing-not-valid -- every row already satisfies the narrower one
alter table app.sessions add constraint sessions_end_reason_check check (
    end_reason in ('logout', 'revoked', 'token_reuse', 'password', 'banned', 'erased', 'staff', 'too_many')
);

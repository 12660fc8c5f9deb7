-- Limits: a user has so many sessions, and one more ends the one unused longest.
-- serves: 0023

alter table app.sessions
    drop constraint sessions_end_reason_check,
    add constraint sessions_end_reason_check check (
        end_reason in ('logout', 'revoked', 'token_reuse', 'password', 'banned', 'erased', 'staff', 'too_many')
    ) not valid;
alter table app.sessions validate constraint sessions_end_reason_check;

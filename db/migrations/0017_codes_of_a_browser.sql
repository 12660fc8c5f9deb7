-- Codes belong to the browser that asked, guesses are counted by network, and a tag in an e-mail address names no other inbox.
-- serves: 0014
alter table app.otp_verifications add column browser bytea;
comment on column app.otp_verifications.browser is
    'Keyed hash of the secret that the asking browser holds; null for codes of an older program.';

-- squawk-ignore ban-drop-constraint -- the one with a sixth scope takes its place
alter table app.login_attempts drop constraint login_attempts_scope_check;
-- squawk-ignore constraint-missing-not-valid -- rows live for a day
alter table app.login_attempts add constraint login_attempts_scope_check
    check (scope in ('account', 'address', 'code', 'device', 'pair', 'register'));

-- Of several accounts with one inbox the oldest gets its plain address; the others keep what they have.
update app.users person set email = plain.email
from (
    select distinct on (tagged.tenant_id, tagged_plain.email) tagged.tenant_id, tagged.id, tagged_plain.email
    from app.users tagged
    cross join lateral regexp_replace(tagged.email, '^([^+@]+)\+[^@]*@', '\1@') tagged_plain (email)
    where tagged.email ~ '^[^+@]+\+'
    order by tagged.tenant_id, tagged_plain.email, tagged.created_at, tagged.id
) plain
where person.tenant_id = plain.tenant_id and person.id = plain.id
    and not exists (
        select from app.users other where other.tenant_id = plain.tenant_id and other.email = plain.email
    );

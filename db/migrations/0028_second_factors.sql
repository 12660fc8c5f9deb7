-- Second factors: how strongly each session was authenticated, authenticators' secrets, recovery codes, log ins half done.
-- serves: 0023
alter table app.sessions add column authenticated_by text not null default 'password'
    check (authenticated_by in ('password', 'code', 'totp', 'recovery_code', 'passkey'));
comment on column app.sessions.authenticated_by is
    'The proofs that the log in gave; sessions of older programs count as opened by a password alone.';

-- squawk-ignore ban-drop-constraint -- the one with a ninth reason takes its place
alter table app.sessions drop constraint sessions_end_reason_check;
-- squawk-ignore constraint-missing-not-valid -- validated in the same transaction it would read as many rows
alter table app.sessions add constraint sessions_end_reason_check check (end_reason in (
    'logout', 'revoked', 'token_reuse', 'password', 'banned', 'erased', 'staff', 'too_many', 'second_factor'
));

-- squawk-ignore ban-drop-constraint -- the one with three more scopes takes its place
alter table app.login_attempts drop constraint login_attempts_scope_check;
-- squawk-ignore constraint-missing-not-valid -- rows live for a day
alter table app.login_attempts add constraint login_attempts_scope_check check (scope in (
    'account', 'address', 'code', 'device', 'pair', 'register', 'factor_account', 'factor_device', 'factor_pair'
));

-- One authenticator for each user. Null confirmed_at: its first code has not come yet, and nothing asks for it.
create table app.totp_secrets (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    -- Names this secret among those that the user began with.
    id uuid not null default uuidv7(),
    sealed_secret bytea not null check (length(sealed_secret) <= 200),
    -- Steps whose codes were accepted, the newest last. A single highest one would lock out after a clock ran ahead.
    used_steps bigint[] not null default '{}' check (cardinality(used_steps) <= 10),
    created_at timestamptz not null default app.now(),
    confirmed_at timestamptz,
    primary key (tenant_id, user_id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
select app.enable_tenant_rls('app.totp_secrets');

create table app.recovery_codes (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    code_hash bytea not null check (length(code_hash) = 32),
    created_at timestamptz not null default app.now(),
    used_at timestamptz,
    primary key (tenant_id, user_id, code_hash),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
select app.enable_tenant_rls('app.recovery_codes');

-- Log ins whose password or one-time code was right, and whose second factor is still to come.
create table app.login_challenges (
    tenant_id integer not null references app.tenants,
    id uuid not null,
    user_id uuid not null,
    -- Keyed hash of the secret that the asking browser holds.
    browser bytea not null check (length(browser) = 32),
    client_device_id uuid not null,
    device_name text not null check (length(device_name) <= 80),
    browser_key bytea check (length(browser_key) = 65),
    created_at timestamptz not null default app.now(),
    expires_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id)
);
create index login_challenges_of_user on app.login_challenges (tenant_id, user_id);
create index login_challenges_expiry on app.login_challenges (tenant_id, expires_at);
select app.enable_tenant_rls('app.login_challenges');

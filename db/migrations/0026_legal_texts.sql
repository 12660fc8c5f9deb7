-- Terms of use and privacy notices: each version of each language, and who accepted which.
-- serves: 0023
create table app.legal_texts (
    tenant_id integer not null references app.tenants,
    id uuid not null default uuidv7(),
    kind text not null check (kind in ('terms', 'privacy')),
    language text not null check (language in ('tr', 'en')),
    version integer not null check (version > 0),
    body text not null check (length(body) between 1 and 50000),
    digest text not null check (length(digest) = 64),
    -- Null for a delivered text, which becomes a version when somebody accepts it.
    published_by_user_id uuid,
    published_at timestamptz not null default app.now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, published_by_user_id) references app.users (tenant_id, id),
    unique (tenant_id, kind, language, version)
);
create index legal_texts_published_by on app.legal_texts (tenant_id, published_by_user_id);
select app.enable_tenant_rls('app.legal_texts');
-- Versions are kept as they were.
revoke update, delete on app.legal_texts from meydan_service;

create table app.legal_acceptances (
    tenant_id integer not null references app.tenants,
    user_id uuid not null,
    text_id uuid not null,
    accepted_at timestamptz not null default app.now(),
    primary key (tenant_id, user_id, text_id),
    foreign key (tenant_id, user_id) references app.users (tenant_id, id),
    foreign key (tenant_id, text_id) references app.legal_texts (tenant_id, id)
);
create index legal_acceptances_of_text on app.legal_acceptances (tenant_id, text_id);
select app.enable_tenant_rls('app.legal_acceptances');
revoke update on app.legal_acceptances from meydan_service;

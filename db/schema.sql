-- What db/migrations add up to. Made by `make schema`; do not edit.

CREATE SCHEMA app;

CREATE FUNCTION app.add_tenant(slug text, name text, timezone text, default_language text) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    insert into app.tenants (slug, name, timezone, default_language) values (slug, name, timezone, default_language)
    on conflict do nothing
    returning id
$$;

CREATE FUNCTION app.now() RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (now() + make_interval(secs => (COALESCE(NULLIF(current_setting('app.clock_offset'::text, true), ''::text), '0'::text))::double precision));

CREATE FUNCTION app.profile_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (current_setting('app.profile_id'::text))::uuid;

CREATE FUNCTION app.protect(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy owner_all on %s to meydan_owner using (true) with check (true)', target);
    execute format(
        'create policy service_tenant on %s to meydan_service'
        ' using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()))', target);
    execute format('grant select, insert, update, delete on %s to meydan_service', target);
end $$;

CREATE FUNCTION app.queue_job(entrypoint text, payload bytea, delay interval, once_key text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    tenant text := current_setting('app.tenant_id');
    key text := tenant || ':' || entrypoint || ':' || once_key;
    placed bigint;
begin
    if not exists (select from app.tenants t where t.id = tenant::integer) then
        raise exception 'a job belongs to a tenant';
    end if;
    insert into jobs.pgqueuer as waiting (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
    values (0, entrypoint, payload, now() + delay, key, jsonb_build_object('tenant_id', tenant::integer), 'queued')
    on conflict do nothing
    returning id into placed;
    if placed is null then
        insert into jobs.pgqueuer (priority, entrypoint, payload, execute_after, dedupe_key, headers, status)
        select 0, entrypoint, payload, now() + delay, key || ':next', jsonb_build_object('tenant_id', tenant::integer), 'queued'
        where exists (select from jobs.pgqueuer running where running.dedupe_key = key and running.status = 'picked')
        on conflict do nothing;
    end if;
end $$;

CREATE FUNCTION app.tenant_id() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (current_setting('app.tenant_id'::text))::integer;

CREATE FUNCTION app.user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (current_setting('app.user_id'::text))::uuid;

CREATE TABLE app.outbox (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    user_id uuid NOT NULL,
    payload text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', fillfactor='80');

ALTER TABLE ONLY app.outbox FORCE ROW LEVEL SECURITY;

CREATE TABLE app.system_logs (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    action text NOT NULL,
    user_id uuid,
    actor_user_id uuid,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL
);

ALTER TABLE ONLY app.system_logs FORCE ROW LEVEL SECURITY;

CREATE TABLE app.tenant_configs (
    tenant_id integer NOT NULL,
    id uuid DEFAULT uuidv7() NOT NULL,
    config_key text NOT NULL,
    config_value jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT tenant_configs_config_key_check CHECK ((config_key ~ '^[a-z_]+\.[a-z_]+$'::text))
);

ALTER TABLE ONLY app.tenant_configs FORCE ROW LEVEL SECURITY;

CREATE TABLE app.tenants (
    id integer NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    hosts text[] DEFAULT '{}'::text[] NOT NULL,
    timezone text DEFAULT 'Europe/Istanbul'::text NOT NULL,
    default_language text DEFAULT 'tr'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT tenants_default_language_check CHECK ((default_language = ANY (ARRAY['tr'::text, 'en'::text]))),
    CONSTRAINT tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT tenants_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'::text)),
    CONSTRAINT tenants_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text])))
);

ALTER TABLE app.tenants ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.tenants_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY app.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.system_logs
    ADD CONSTRAINT system_logs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.tenant_configs
    ADD CONSTRAINT tenant_configs_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.tenant_configs
    ADD CONSTRAINT tenant_configs_tenant_id_config_key_key UNIQUE (tenant_id, config_key);

ALTER TABLE ONLY app.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.tenants
    ADD CONSTRAINT tenants_slug_key UNIQUE (slug);

CREATE INDEX system_logs_user ON app.system_logs USING btree (tenant_id, user_id, id DESC);

ALTER TABLE ONLY app.outbox
    ADD CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.system_logs
    ADD CONSTRAINT system_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

ALTER TABLE ONLY app.tenant_configs
    ADD CONSTRAINT tenant_configs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES app.tenants(id);

CREATE POLICY members_read ON app.tenant_configs FOR SELECT TO meydan_app USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY members_tell ON app.outbox FOR INSERT TO meydan_app WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

ALTER TABLE app.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_read ON app.system_logs FOR SELECT TO meydan_app USING (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (user_id = ( SELECT app.user_id() AS user_id))));

CREATE POLICY owner_all ON app.outbox TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.system_logs TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_all ON app.tenant_configs TO meydan_owner USING (true) WITH CHECK (true);

CREATE POLICY relay_delete ON app.outbox FOR DELETE TO meydan_relay USING (true);

CREATE POLICY relay_lock ON app.outbox FOR UPDATE TO meydan_relay USING (true) WITH CHECK (false);

CREATE POLICY relay_read ON app.outbox FOR SELECT TO meydan_relay USING (true);

CREATE POLICY service_tenant ON app.outbox TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.system_logs TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

CREATE POLICY service_tenant ON app.tenant_configs TO meydan_service USING ((tenant_id = ( SELECT app.tenant_id() AS tenant_id))) WITH CHECK ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));

ALTER TABLE app.system_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE app.tenant_configs ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA app TO meydan_app;
GRANT USAGE ON SCHEMA app TO meydan_service;
GRANT USAGE ON SCHEMA app TO meydan_relay;

REVOKE ALL ON FUNCTION app.add_tenant(slug text, name text, timezone text, default_language text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.add_tenant(slug text, name text, timezone text, default_language text) TO meydan_service;

REVOKE ALL ON FUNCTION app.protect(target regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.queue_job(entrypoint text, payload bytea, delay interval, once_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.queue_job(entrypoint text, payload bytea, delay interval, once_key text) TO meydan_app;
GRANT ALL ON FUNCTION app.queue_job(entrypoint text, payload bytea, delay interval, once_key text) TO meydan_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.outbox TO meydan_service;
GRANT INSERT ON TABLE app.outbox TO meydan_app;
GRANT SELECT,DELETE ON TABLE app.outbox TO meydan_relay;

GRANT UPDATE(created_at) ON TABLE app.outbox TO meydan_relay;

GRANT SELECT,INSERT ON TABLE app.system_logs TO meydan_service;
GRANT SELECT ON TABLE app.system_logs TO meydan_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.tenant_configs TO meydan_service;
GRANT SELECT ON TABLE app.tenant_configs TO meydan_app;

GRANT SELECT ON TABLE app.tenants TO meydan_app;
GRANT SELECT ON TABLE app.tenants TO meydan_service;
GRANT SELECT ON TABLE app.tenants TO meydan_relay;

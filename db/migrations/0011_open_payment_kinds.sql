-- Payments know kinds by their open names; a product and what a payment renews stand in the kind's own tables.
-- Settings move to the rooms that own them. Serves no older program: stop, migrate, start.
-- serves: 0011

-- squawk-ignore ban-drop-constraint -- stop, migrate, start: no older program writes here
alter table app.payments drop constraint payments_kind_check;
-- squawk-ignore ban-drop-constraint -- stop, migrate, start: no older program writes here
alter table app.payments drop constraint payments_check;
-- squawk-ignore ban-drop-constraint -- stop, migrate, start: no older program writes here
alter table app.payments drop constraint payments_check1;
-- squawk-ignore ban-drop-constraint -- stop, migrate, start: no older program writes here
alter table app.payments drop constraint payments_tenant_id_package_id_fkey;
-- squawk-ignore ban-drop-constraint -- stop, migrate, start: no older program writes here
alter table app.payments drop constraint payments_tenant_id_plan_id_fkey;
-- squawk-ignore ban-drop-constraint -- stop, migrate, start: no older program writes here
alter table app.payments drop constraint payments_tenant_id_subscription_id_fkey;

alter table app.payments add column product_id uuid;
update app.payments set product_id = coalesce(package_id, plan_id);
-- squawk-ignore adding-not-nullable-field -- stop, migrate, start: no program waits for this table meanwhile
alter table app.payments alter column product_id set not null;
-- squawk-ignore ban-drop-column -- as above; the values stand in product_id
alter table app.payments drop column package_id;
-- squawk-ignore ban-drop-column -- as above
alter table app.payments drop column plan_id;
-- squawk-ignore renaming-column -- as above
alter table app.payments rename column subscription_id to agreement_id;
-- squawk-ignore renaming-object -- as above
alter index app.payments_of_subscription rename to payments_of_agreement;

alter table app.payments add constraint payments_kind_check check (kind ~ '^[a-z][a-z_]{0,39}$') not valid;
-- squawk-ignore constraint-missing-not-valid -- as above
alter table app.payments validate constraint payments_kind_check;
alter table app.payments add constraint payments_coins_of_kind_check check ((kind = 'coins') = (coins > 0)) not valid;
-- squawk-ignore constraint-missing-not-valid -- as above
alter table app.payments validate constraint payments_coins_of_kind_check;
grant select (product_id) on app.payments to meydan_app;

update app.tenant_configs set config_key = 'meeting.meeting_price' where config_key = 'commerce.meeting_price';
update app.tenant_configs set config_key = 'premium.grace_days' where config_key = 'commerce.grace_days';
update app.tenant_configs set config_key = 'backoffice.staff_coins_per_day'
where config_key = 'commerce.staff_coins_per_day';

-- Orders in which staff sort their lists, each with the index that a page is read from.
-- serves: 0023
create index payments_listed on app.payments (tenant_id, created_at, id);
create index payments_of_status on app.payments (tenant_id, status, created_at, id);
create index payments_by_amount on app.payments
    (tenant_id, coalesce(paid_currency, currency), coalesce(paid_amount, amount), id);

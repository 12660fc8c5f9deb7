-- Hashes of cards and devices name the seal key that they were made with: keys can be rotated.
-- serves: 0023
-- Null in rows of programs up to 0026, which knew one key only.
alter table app.payment_fingerprints add column key_id text check (length(key_id) = 8);
comment on column app.payment_fingerprints.key_id is 'Id of the seal key of the hash; null: the first key.';

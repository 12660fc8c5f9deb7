-- Three of a hundred pairs of faces where fifty wait, none where ten do, and in between in proportion. A pair is drawn
-- anew every ninety days, at a time of its own. Blocks bring decoys of their own, to both people.
create or replace function app.is_passed_over(in_tenant_id integer, in_key uuid, in_waiting integer, in_user_id uuid,
    in_profile_id uuid, in_other_user_id uuid, in_other_profile_id uuid) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    share double precision := 0.03 * (least(in_waiting, 50) - 10) / 40;
    period integer;
begin
    if share <= 0 then
        return false;
    end if;
    period := 1 + floor(extract(epoch from app.now()) / (90 * 86400)
        + app.keyed_fraction(in_key, in_profile_id, in_other_profile_id, 0));
    return app.keyed_fraction(in_key, in_profile_id, in_other_profile_id, period) < share
        or app.has_decoy(in_tenant_id, in_user_id, in_profile_id, in_other_profile_id, share)
        or app.has_decoy(in_tenant_id, in_other_user_id, in_other_profile_id, in_profile_id, share);
end $$;

comment on function app.is_passed_over is
    'Tells whether two faces that could meet do not, so that a missing face proves no block.';
revoke all on function app.is_passed_over from public, meydan_app, meydan_service, meydan_relay;
grant execute on function app.is_passed_over to meydan_service;

"""Functions that run as the owner see every tenant's rows: each one is called from another tenant and does nothing there.

A play is one call, written once: the tenant it names makes it, then a foreigner makes the very same one. A function
without a play fails ``test_every_function_that_sees_more_has_a_play``.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NoReturn
from uuid import UUID, uuid4

import asyncpg
import pytest

from meydan import tenants
from meydan.kit import clock
from meydan.kit.database import Database, DatabaseSettings
from meydan.kit.identity import Identity
from meydan.money import wallet
from meydan.money.wallet import Entry, TransactionType, coins_of, earnings_of
from tests.factories import Person, make_person
from tests.meeting_scenarios import bring_together
from tests.messaging.factories import offer
from tests.money.bank import Bank

NO_TENANT_NAMED = {
    "app.add_tenant(text,text,text,text,text,bytea)": "makes a tenant",
    "app.decide_tenant(text,text)": "lets the default tenant alone decide; tests/accounts/test_foundings.py plays it",
    "app.free_tag(text)": "reads the tenant of the transaction alone",
    "app.queue_job(text,bytea,interval,text)": "writes the tenant of the transaction alone",
    "app.note_for_restore()": "is a trigger",
    "app.sync_ticket_lanes()": "is a trigger",
    **{
        f"app.tenants_with_{something}()": "names tenants, and nothing in them, to a service; tests/kit/jobs/test_due.py"
        for something in (
            "due_subscriptions",
            "ended_matches",
            "expired_holds",
            "expired_messages",
            "held_payments",
            "journal_to_ship",
            "pending_claims",
            "running_meters",
            "tickets",
        )
    },
}
"""Functions that no caller could name another tenant to, with the reason."""


class Outcome(StrEnum):
    refused = "refused"
    nothing = "nothing"
    """No row, or nothing in it, and nothing written or locked."""
    something = "something"


@dataclass(frozen=True)
class Play:
    """A call of tenant A's, with ``{names}`` of the scene; ``$1`` is A's number."""

    call: str
    by: str = "ana"
    """A person of the scene, ``service``, or ``owner`` where no login may call it."""


PLAYS = {
    "app.public_profiles(uuid[])": Play("select id from app.public_profiles(array[{bora}]) where $1 > 0"),
    "app.my_conversations()": Play("select app.my_conversations() where $1 > 0"),
    "app.marks_kept_apart(integer,bytea[])": Play("select app.marks_kept_apart($1, array['mark'::bytea])"),
    "app.approximate_waiting(integer,text)": Play("select app.approximate_waiting($1, 'text')"),
    "app.end_match(integer,uuid,text)": Play("select match_id from app.end_match($1, {match}, 'cancelled')"),
    "app.have_met(integer,uuid,uuid)": Play("select app.have_met($1, {ana}, {bora})", "owner"),
    "app.close_conversation(integer,uuid)": Play("select app.close_conversation($1, {conversation})"),
    "app.consume_key_packages(integer,uuid,uuid,integer,integer)": Play(
        "select packages from app.consume_key_packages($1, {conversation}, uuidv7(), 0, 20)"
    ),
    "app.has_written(integer,uuid,uuid,timestamptz)": Play(
        "select app.has_written($1, {conversation}, {ana}, app.now() + interval '1 day')"
    ),
    "app.mark_seen(integer,uuid,bigint,bigint)": Play("select * from app.mark_seen($1, {conversation}, 1, 1)", "bora"),
    "app.my_peers(integer)": Play("select user_id from app.my_peers($1)"),
    "app.open_conversation(integer,uuid,uuid,uuid[],uuid[],timestamptz)": Play(
        "select app.open_conversation($1, uuidv7(), {ana}, array[{ana_user}, {bora_user}], array[{ana}, {bora}],"
        " app.now() + interval '1 day')"
    ),
    "app.send_message(integer,uuid,uuid,uuid,text,integer,bytea,uuid,bytea,text,text)": Play(
        "select nullif(outcome, 'not_found') from app.send_message("
        "$1, {conversation}, uuidv7(), uuidv7(), 'text', 0, 'x', null, null, null, null)"
    ),
    "app.code_pressure(integer,bytea,bytea)": Play(
        "select tenant_hour from app.code_pressure($1, 'contact', 'network')", "service"
    ),
    "app.spend_on_text(integer,uuid,integer,boolean,integer,integer,integer)": Play(
        "select granted from app.spend_on_text($1, uuidv7(), 5, true, 2000000000, 2000000000, 25)", "service"
    ),
    "app.take_sending_turn(integer,uuid,interval)": Play(
        "select app.take_sending_turn($1, {request}, '30 s')", "service"
    ),
    "app.return_text_cost(integer,uuid)": Play("select app.return_text_cost($1, {text})", "service"),
    "app.add_report(integer,uuid,text,text,uuid)": Play("select app.add_report($1, {bora}, 'spam', '', {match})"),
    "app.add_block(integer,uuid,text)": Play(
        "select nullif(outcome, 'not_found') from app.add_block($1, {bora}, 'person')"
    ),
    "app.lift_block(integer,uuid)": Play("select blocker_profile_id from app.lift_block($1, {block})"),
    "app.blocked_between(integer,uuid,uuid)": Play("select app.blocked_between($1, {ana}, {cem})"),
    "app.my_blocks(integer,uuid,uuid,integer)": Play("select id from app.my_blocks($1, null, null, 10)"),
    "app.add_notifications(integer,uuid[],uuid[],text,text,jsonb,boolean)": Play(
        "select id from app.add_notifications($1, array[{bora_user}], array[{bora}], 'system', 'x', '{{}}', false)"
    ),
    "app.subscribe_to_push(integer,uuid,text,bytea,bytea)": Play(
        "select app.subscribe_to_push($1, {session}, 'https://push.example.net/a', decode(repeat('04', 65), 'hex'),"
        " decode(repeat('00', 16), 'hex'))"
    ),
    "app.queue_pushes(integer,uuid[],uuid[],uuid[],text,jsonb,text)": Play(
        "select app.queue_pushes($1, array[{bora_user}], array[{bora}], array[null::uuid], 'x', '{{}}', 'x')"
    ),
    "app.send_gift(integer,uuid,integer,uuid,text,text)": Play(
        "select id from app.send_gift($1, {gift}, 1, {bora}, '', 'key')"
    ),
    "app.lock_meter_accounts(integer,uuid[])": Play("select app.lock_meter_accounts($1, array[uuidv7()])", "service"),
    "app.audit_ledger(integer,boolean)": Play("select id from app.audit_ledger($1, true)", "service"),
    "app.claw_back(integer,text,text,uuid,bigint,text,text,text,text,uuid,jsonb)": Play(
        "select id from app.claw_back($1, 'k', 'refund', {ana_user}, 5, 'clearing', 'stripe', 'TRY', '', null, '{{}}')",
        "service",
    ),
    "app.close_wallet(integer,uuid)": Play("select app.close_wallet($1, {ana_user})", "service"),
    "app.coin_history(integer,uuid,uuid,integer)": Play("select id from app.coin_history($1, {ana_user}, null, 10)"),
    "app.commit_hold(integer,uuid,text,text,app.ledger_entry[],text,uuid,jsonb)": Play(
        "select id from app.commit_hold($1, {hold}, 'k', 'call',"
        " array[('tenant_revenue', null, null, null, 5)]::app.ledger_entry[], '', null, '{{}}')"
    ),
    "app.convert_earnings(integer,text,bigint)": Play("select id from app.convert_earnings($1, 'k', 5)", "bora"),
    "app.expire_holds(integer,integer)": Play("select app.expire_holds($1, 10)", "service"),
    "app.forgive_debt(integer,text,uuid,bigint,text)": Play(
        "select id from app.forgive_debt($1, 'k', {deniz_user}, 5, '')", "service"
    ),
    "app.freeze_wallet(integer,uuid,text,uuid)": Play(
        "select app.freeze_wallet($1, {ana_user}, 'fraud', null)", "service"
    ),
    "app.hold_coins(integer,text,uuid,bigint,text,uuid,timestamptz)": Play(
        "select id from app.hold_coins($1, 'k', {ana_user}, 5, 'call', null, app.now() + interval '1 hour')"
    ),
    "app.my_pending_earnings(integer)": Play("select amount from app.my_pending_earnings($1)", "bora"),
    "app.release_hold(integer,uuid)": Play("select id from app.release_hold($1, {hold})"),
    "app.reverse_transfer(integer,text,uuid,text)": Play(
        "select id from app.reverse_transfer($1, 'k', {transfer}, '')", "service"
    ),
    "app.thaw_wallet(integer,uuid,uuid)": Play("select app.thaw_wallet($1, {cem_user}, null)", "service"),
    "app.transfer(integer,text,text,app.ledger_entry[],uuid,text,uuid,jsonb)": Play(
        "select id from app.transfer($1, 'k', 'spent', array[('person_coins', {ana_user}, null, null, -5),"
        " ('tenant_revenue', null, null, null, 5)]::app.ledger_entry[], {ana_user})"
    ),
}
"""By the signature that PostgreSQL writes."""


@dataclass
class Scene:
    """Tenant A with a conversation, coins and everything else the plays speak of, and a foreigner of tenant B."""

    db: Database
    owner: asyncpg.Connection
    people: dict[str, Person]
    foreigner: Person
    names: dict[str, str]

    @property
    def tenant_id(self) -> int:
        return self.people["ana"].tenant.id

    async def outcome(self, play: Play, *, foreign: bool) -> Outcome:
        """What a call does, seen inside its transaction, which is rolled back."""
        call = play.call.format(**self.names)
        if play.by == "owner":
            return await self._as_owner(call, self.foreigner.me if foreign else self.people["ana"].me)
        if play.by == "service":
            opened = self.db.as_service(self.foreigner.tenant.id if foreign else self.tenant_id)
        else:
            opened = self.db.as_user((self.foreigner if foreign else self.people[play.by]).me)
        try:
            async with opened as tx:
                _roll_back(await self._call(tx.connection, call))
        except (asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError):
            return Outcome.refused
        except _RollBack as seen:
            return seen.outcome

    async def _as_owner(self, call: str, me: Identity) -> Outcome:
        async with self.owner.transaction():
            await self.owner.execute(
                "select set_config('app.tenant_id', $1, true), set_config('app.profile_id', $2, true)",
                *(str(me.tenant_id), str(me.profile_id)),
            )
            return await self._call(self.owner, call)

    async def _call(self, connection: asyncpg.Connection, call: str) -> Outcome:
        rows = await connection.fetch(call, self.tenant_id)
        wrote = await connection.fetchval("select pg_current_xact_id_if_assigned() is not null")
        told = any(value not in (None, False, 0, "", []) for row in rows for value in row.values())
        return Outcome.something if told or wrote else Outcome.nothing


class _RollBack(Exception):
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def _roll_back(outcome: Outcome) -> NoReturn:
    raise _RollBack(outcome)


@pytest.fixture
async def scene(
    db: Database, database_settings: DatabaseSettings, tenant: tenants.Tenant, other_tenant: tenants.Tenant
) -> AsyncIterator[Scene]:
    bank = Bank(db, tenant)
    people = {name: await make_person(db, tenant) for name in ("ana", "bora", "cem", "deniz", "ece")}
    ana, bora, cem, deniz = (people[name] for name in ("ana", "bora", "cem", "deniz"))
    match = await bring_together(db, ana, bora)
    await bring_together(db, ana, cem)
    async with db.as_service(tenant.id) as tx:
        await tx.run(
            "update app.matches set status = 'active', ended_at = null where tenant_id = $1 and id = $2", match
        )
        for person in people.values():
            await tx.run(
                "insert into app.tickets (tenant_id, user_id, kind, id, profile_id, languages, day_limit)"
                " values ($1, $2, 'text', uuidv7(), $3, '{tr}', 10)",
                *(person.me.user_id, person.me.profile_id),
            )
        await tx.run(
            "insert into app.kept_apart (tenant_id, mark, other_mark, kept_until)"
            " values ($1, 'mark', 'other', app.now() + interval '1 day')"
        )
        conversation = await tx.one(
            UUID, "select id from app.conversations where tenant_id = $1 and match_id = $2", match
        )
        await tx.run(
            "insert into app.code_requests (tenant_id, id, contact_hash, network_hash, is_known, leaves_at)"
            " values ($1, $2, 'contact', 'network', false, app.now())",
            request := uuid4(),
        )
        text = uuid4()
        await tx.run("select app.spend_on_text($1, $2, 5, true, 2000000000, 2000000000, 25)", text)
        gift = await tx.one(UUID, "select id from app.gifts where tenant_id = $1 order by price limit 1")
        await tx.run(
            "insert into app.push_subscriptions (tenant_id, user_id, session_id, endpoint, public_key, auth_secret)"
            " values ($1, $2, $3, $4, $5, $6)",
            *(bora.me.user_id, bora.me.session_id, f"https://push.example.net/{bora.me.session_id}"),
            *(b"\x04" * 65, b"a" * 16),
        )
    await offer(db, bora.me, b"package")
    async with db.as_user(ana.me) as tx:
        await tx.run("select app.add_block($1, $2, 'person')", cem.me.profile_id)
        block = await tx.one(UUID, "select id from app.blocks where tenant_id = $1")
        await tx.run(
            "select app.send_message($1, $2, uuidv7(), uuidv7(), 'text', 0, 'x', null, null, null, null)", conversation
        )
    await bank.sell(ana, 100)
    transfer = await bank.spend(ana, 5)
    await bank.sell(deniz, 10)
    await bank.take_back(deniz, 15)
    async with db.as_user(ana.me) as tx:
        given = [Entry(coins_of(ana.me.user_id), -20), Entry(earnings_of(bora.me.user_id), 20)]
        await wallet.do_transfer(tx, TransactionType.gift_sent, given, key="gift", user_id=ana.me.user_id)
        an_hour = clock.now() + timedelta(hours=1)
        hold = await wallet.do_hold(tx, ana.me.user_id, 10, key="hold", purpose="call", expires_at=an_hour)
        late = await wallet.do_hold(tx, ana.me.user_id, 10, key="late", purpose="call", expires_at=an_hour)
    async with db.as_service(tenant.id) as tx:
        earned = [Entry(wallet.PROMOTIONS, -10), Entry(earnings_of(bora.me.user_id), 10)]
        await wallet.do_transfer(tx, TransactionType.adjustment, earned, key="earned", user_id=bora.me.user_id)
        await wallet.do_freeze(tx, cem.me.user_id, "fraud", None)
    owner = await asyncpg.connect(database_settings.owner_url)
    await owner.execute(
        "update app.coin_holds set expires_at = app.now(), created_at = app.now() - interval '1 day'"
        " where tenant_id = $1 and id = $2",
        *(tenant.id, late.id),
    )
    ids = {
        "match": match,
        "conversation": conversation,
        "gift": gift,
        "transfer": transfer.id,
        "hold": hold.id,
        "text": text,
    }
    ids |= {"block": block, "request": request, "session": ana.me.session_id}
    ids |= {name: person.me.profile_id for name, person in people.items()}
    ids |= {f"{name}_user": person.me.user_id for name, person in people.items()}
    names = {name: f"'{value}'::uuid" for name, value in ids.items()}
    yield Scene(db, owner, people, await make_person(db, other_tenant), names)
    await owner.close()


async def test_every_function_that_sees_more_has_a_play(scene: Scene):
    signatures = await scene.owner.fetch("""
        select p.oid::regprocedure::text as name from pg_proc p
        where p.pronamespace = 'app'::regnamespace and p.prosecdef
    """)
    written = {row["name"].replace("timestamp with time zone", "timestamptz") for row in signatures}
    assert written == set(PLAYS) | set(NO_TENANT_NAMED)
    assert not set(PLAYS) & set(NO_TENANT_NAMED)


async def test_another_tenant_is_out_of_reach(scene: Scene):
    failed: dict[str, tuple[Outcome, Outcome]] = {}
    for signature, play in PLAYS.items():
        own, foreign = await scene.outcome(play, foreign=False), await scene.outcome(play, foreign=True)
        if foreign is Outcome.something or own in (Outcome.refused, foreign):
            failed[signature] = own, foreign
    assert failed == {}


async def test_a_leak_is_found(scene: Scene):
    """A function that forgets to ask for the tenant would be told: here is one."""
    play = Play(f"select id from app.leak({scene.names['ana_user']}) where $1 > 0")
    await scene.owner.execute("""
        create function app.leak(in_user_id uuid) returns setof app.users language sql stable security definer
        set search_path = pg_catalog, pg_temp as 'select * from app.users where id = in_user_id';
        grant execute on function app.leak to meydan_app;
    """)
    try:
        assert await scene.outcome(play, foreign=True) is Outcome.something
    finally:
        await scene.owner.execute("drop function app.leak(uuid)")

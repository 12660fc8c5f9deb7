"""Rights and claims against a model: whatever people do in whatever order, the books agree with a few lines of Python."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meydan import meeting, tenants
from meydan.kit import clock
from meydan.kit.database import Database
from meydan.meeting import claims, quota, tickets
from tests.conftest import MovableClock, new_tenant
from tests.factories import Person, make_person
from tests.meeting.factories import bring_together, claim, decide, expire, join, leave, left, write

LIMIT = 2
ISTANBUL = ZoneInfo("Europe/Istanbul")
PEOPLE = st.integers(0, 2)

Operation = tuple[str, int, int]


def some(*names: str, most: int, least: int = 0) -> st.SearchStrategy[list[Operation]]:
    return st.lists(st.tuples(st.sampled_from(names), PEOPLE, PEOPLE), min_size=least, max_size=most)


def forward(*hours: int) -> st.SearchStrategy[list[Operation]]:
    return st.sampled_from(hours).map(lambda hour: [("forward", hour, 0)])


# Days as people live them, more often than not: they meet, talk or do not, hours pass, somebody asks, the worker comes by.
ROUNDS = st.tuples(
    some("meet", least=1, most=3),
    st.lists(st.tuples(st.just("grant"), PEOPLE, st.integers(1, 2)), max_size=1),
    some("write", "leave", "claim", most=3),
    forward(0, 1),
    some("write", "leave", most=2),
    forward(1, 2),
    some("claim", "claim", "claim", "leave", "meet", least=2, most=5),
    st.sampled_from([[("decide", 0, 0)], [("decide", 0, 0)], []]),
    forward(0, 11, 23),
).map(lambda parts: [operation for part in parts for operation in part])


@dataclass
class Met:
    id: UUID
    conversation_id: UUID
    sides: tuple[int, int]
    at: datetime
    wrote: dict[int, datetime] = field(default_factory=dict)
    ended_at: datetime | None = None
    ended_by_user_id: int | None = None
    claims: dict[int, str] = field(default_factory=dict)

    def other(self, who: int) -> int:
        return self.sides[1] if self.sides[0] == who else self.sides[0]

    def verdict(self, who: int) -> str:
        silent_until = self.at + timedelta(hours=2)
        if self.ended_by_user_id == who and self.ended_at is not None and self.ended_at < silent_until:
            return "left_early"
        written = self.wrote.get(self.other(who))
        return "stranger_wrote" if written is not None and written < silent_until else "approved"


@dataclass
class Books:
    """The model: the state that should be."""

    used: dict[tuple[int, date], int] = field(default_factory=dict)
    given_back: dict[tuple[int, date], int] = field(default_factory=dict)
    extra: dict[int, int] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)

    def left(self, who: int) -> int:
        key = who, today()
        return LIMIT + self.given_back.get(key, 0) - self.used.get(key, 0) + self.extra.get(who, 0)

    def spend(self, who: int) -> None:
        key = who, today()
        if self.used.get(key, 0) < LIMIT + self.given_back.get(key, 0):
            self.used[key] = self.used.get(key, 0) + 1
        else:
            self.extra[who] -= 1

    def active(self, who: int) -> Met | None:
        return next((met for met in self.met if who in met.sides and met.ended_at is None), None)

    def last(self, who: int) -> Met | None:
        return next((met for met in reversed(self.met) if who in met.sides), None)


def today() -> date:
    return clock.now().astimezone(ISTANBUL).date()


class Square:
    """Three people, a worker that keeps its schedule, and the books."""

    def __init__(self, db: Database, tenant: tenants.Tenant, people: list[Person], moving_clock: MovableClock) -> None:
        self.db, self.tenant, self.people, self.clock = db, tenant, people, moving_clock
        self.books = Books()

    async def meet(self, one: int, other: int) -> None:
        if one == other:
            other = (one + 1) % len(self.people)
        for who in (one, other):
            if self.books.active(who) or not self.books.left(who):
                refusal = tickets.AlreadyMatched if self.books.active(who) else quota.QuotaExhausted
                try:
                    await join(self.db, self.people[who])
                except refusal:
                    return
                raise AssertionError(f"expected {refusal}")
        made = await bring_together(self.db, self.people[one], self.people[other])
        for who in (one, other):
            self.books.spend(who)
        self.books.met.append(Met(made.id, made.conversation_id, (one, other), made.created_at))

    async def write(self, who: int, _: int) -> None:
        if met := self.books.active(who):
            await write(self.db, self.people[who], met.conversation_id)
            met.wrote.setdefault(who, clock.now())

    async def leave(self, who: int, _: int) -> None:
        if met := self.books.active(who):
            await leave(self.db, self.people[who], met.id)
            met.ended_at, met.ended_by_user_id = clock.now(), who

    async def claim(self, who: int, _: int) -> None:
        met = self.books.last(who)
        if met is None:
            return
        now, opens_at = clock.now(), met.at + timedelta(hours=2)
        too_late = met.ended_at is not None and now >= max(met.ended_at, opens_at) + timedelta(hours=24)
        try:
            await claim(self.db, self.people[who], met.id)
        except claims.ClaimTooEarly:
            assert who not in met.claims and now < opens_at
        except claims.ClaimTooLate:
            assert who not in met.claims and too_late
        else:
            assert who in met.claims or (now >= opens_at and not too_late)
            met.claims.setdefault(who, "pending")

    async def grant(self, who: int, amount: int) -> None:
        async with self.db.as_service(self.tenant.id) as tx:
            await meeting.do_grant_bonus(tx, self.people[who].me.user_id, amount=amount, reason="a present")
        self.books.extra[who] = self.books.extra.get(who, 0) + amount

    async def decide(self, *_: int) -> None:
        pending = [(met, who) for met in self.books.met for who, status in met.claims.items() if status == "pending"]
        assert await decide(self.db, self.tenant) == len(pending)
        for met, who in pending:
            met.claims[who] = met.verdict(who)
            shown = await claim(self.db, self.people[who], met.id)
            assert (shown.reason or shown.status) == met.claims[who]
            if met.claims[who] == "approved":
                key = who, today()
                self.books.given_back[key] = self.books.given_back.get(key, 0) + 1

    async def forward(self, hours: int, _: int) -> None:
        self.clock.forward(hours=hours)
        over = [met for met in self.books.met if met.ended_at is None and met.at + timedelta(hours=24) <= clock.now()]
        assert await expire(self.db, self.tenant) == len(over)
        for met in over:
            met.ended_at = clock.now()

    async def check(self) -> None:
        for who, person in enumerate(self.people):
            assert await left(self.db, person) == self.books.left(who)


@given(rounds=st.lists(ROUNDS, min_size=1, max_size=4))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_books_agree_with_the_model(db: Database, moving_clock: MovableClock, rounds: list[list[Operation]]):
    tenant = await new_tenant(db)
    # From noon, so that no midnight passes between a deed and its entry in the books.
    local = clock.now().astimezone(ISTANBUL)
    moving_clock.forward(hours=24 + 12 - local.hour, minutes=-local.minute)
    async with db.as_service(tenant.id) as tx:
        await tenants.do_configure(tx, meeting.MeetingSettings, matches_per_day=LIMIT, rematch_cooldown_days=0)
    square = Square(db, tenant, [await make_person(db, tenant) for _ in range(3)], moving_clock)
    for name, first, second in [operation for one in rounds for operation in one]:
        await getattr(square, name)(first, second)
        await square.check()

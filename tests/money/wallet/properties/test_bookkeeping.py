"""The ledger against a model: whatever people and staff do in whatever order, it agrees with a few lines of Python, and
everybody's history tells all of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meydan.kit import clock
from meydan.kit.database import Database
from meydan.kit.errors import Refused
from meydan.money import wallet
from meydan.money.wallet import Account, Entry, TransactionType, coins_of, debt_of, earnings, earnings_of, tasks
from tests.conftest import MovableClock, new_tenant
from tests.factories import Person
from tests.money.bank import Bank

WHO = st.integers(0, 2)
AMOUNT = st.sampled_from([1, 2, 3, 10, 35, 80])
CLEARING = wallet.clearing("stripe", "TRY")

Operation = tuple[Any, ...]
OPERATIONS = st.one_of(
    st.tuples(st.just("sell"), WHO, st.sampled_from([10, 50, 100])),
    st.tuples(st.sampled_from(["sell", "spend", "spend", "convert", "take_back", "hold"]), WHO, AMOUNT),
    st.tuples(st.just("give"), WHO, st.integers(1, 2), AMOUNT),
    st.tuples(st.sampled_from(["pay", "pay", "release"]), st.integers(0, 3), st.integers(0, 2), AMOUNT),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
    st.tuples(st.sampled_from(["freeze", "thaw", "forgive"]), WHO),
    st.tuples(st.just("forward"), st.sampled_from([1, 4, 100])),
)


@dataclass
class Held:
    who: int
    amount: int
    until: datetime
    status: str = "open"


@dataclass
class Moved:
    entries: Counter[tuple[str, int]]
    available_at: datetime
    is_reversal: bool = False
    is_reversed: bool = False


class Refusal(Exception):
    """The model refuses, with the code that the ledger should answer."""


@dataclass
class Model:
    """Balances by account and person; -1 is the community."""

    balances: Counter[tuple[str, int]] = field(default_factory=Counter)
    holds: list[Held] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    frozen: set[int] = field(default_factory=set)
    payments: Counter[int] = field(default_factory=Counter)
    """Debt payments, which no request asks for."""

    def pending(self, who: int) -> int:
        return sum(
            max(moved.entries["earnings", who], 0)
            for moved in self.moved
            if moved.available_at > clock.now() and not moved.is_reversal and not moved.is_reversed
        )

    def held(self, who: int) -> int:
        return sum(hold.amount for hold in self.holds if hold.who == who and hold.status == "open")

    def available(self, who: int) -> int:
        return self.balances["coins", who] - self.held(who)

    def wallet(self, who: int) -> wallet.Wallet:
        return wallet.Wallet(
            self.balances["coins", who],
            self.held(who),
            self.available(who),
            -self.balances["debt", who],
            self.balances["earnings", who],
            "a look" if who in self.frozen else None,
        )

    def move(self, entries: dict[tuple[str, int], int], *, is_reversal: bool = False) -> Moved:
        assert sum(entries.values()) == 0
        for (kind, who), amount in entries.items():
            free = self.available(who) if kind == "coins" else self.balances[kind, who]
            if (kind in {"coins", "earnings"} and free + amount < 0) or (kind == "debt" and free + amount > 0):
                raise Refusal("balance_too_low")
        self.balances.update(entries)
        made = Moved(Counter(entries), clock.now() + timedelta(days=7), is_reversal)
        self.moved.append(made)
        for _, who in entries:
            self.settle(who)
        return made

    def settle(self, who: int) -> None:
        paid = min(self.available(who), -self.balances["debt", who]) if who >= 0 else 0
        self.balances["coins", who] -= paid
        self.balances["debt", who] += paid
        self.payments[who] += paid > 0

    def check_may_spend(self, who: int, amount: int) -> None:
        if who in self.frozen:
            raise Refusal("wallet_frozen")
        if self.balances["debt", who] < 0:
            raise Refusal("debt_blocks")
        if self.available(who) < amount:
            raise Refusal("balance_too_low")


@dataclass
class Story:
    bank: Bank
    people: list[Person]
    clock: MovableClock
    model: Model = field(default_factory=Model)
    transactions: list[UUID] = field(default_factory=list)
    holds: list[UUID] = field(default_factory=list)
    past: list[tuple[datetime, Counter[tuple[str, int]]]] = field(default_factory=list)

    def account(self, kind: str, who: int) -> Account:
        community = {"revenue": wallet.TENANT_REVENUE, "clearing": CLEARING, "promotions": wallet.PROMOTIONS}
        if who < 0:
            return community[kind]
        return {"coins": coins_of, "debt": debt_of, "earnings": earnings_of}[kind](self.people[who].me.user_id)

    def entries(self, entries: dict[tuple[str, int], int]) -> list[Entry]:
        return [Entry(self.account(*account), amount) for account, amount in entries.items()]

    async def transfer(self, who: int, kind: TransactionType, entries: dict[tuple[str, int], int]) -> None:
        person = self.people[who]
        async with self.bank.db.as_user(person.me) as tx:
            made = await wallet.do_transfer(
                tx, kind, self.entries(entries), key=f"{uuid4()}", user_id=person.me.user_id
            )
        self.transactions.append(made.id)

    # Each does it in the ledger; the method of the same name with `model_` says what should have come of it.

    async def sell(self, who: int, amount: int) -> None:
        self.transactions.append((await self.bank.sell(self.people[who], amount)).id)

    def model_sell(self, who: int, amount: int) -> None:
        self.model.move({("clearing", -1): -amount, ("coins", who): amount})

    async def spend(self, who: int, amount: int) -> None:
        await self.transfer(who, TransactionType.spent, {("coins", who): -amount, ("revenue", -1): amount})

    def model_spend(self, who: int, amount: int) -> None:
        self.model.check_may_spend(who, amount)
        self.model.move({("coins", who): -amount, ("revenue", -1): amount})

    @staticmethod
    def gift(who: int, step: int, amount: int) -> dict[tuple[str, int], int]:
        share = amount // 2
        other: dict[tuple[str, int], int] = {("earnings", (who + step) % 3): share} if share else {}
        return {("revenue", -1): amount - share, ("coins", who): -amount, **other}

    async def give(self, who: int, step: int, amount: int) -> None:
        await self.transfer(who, TransactionType.gift_sent, self.gift(who, step, amount))

    def model_give(self, who: int, step: int, amount: int) -> None:
        self.model.check_may_spend(who, amount)
        self.model.move(self.gift(who, step, amount))

    async def convert(self, who: int, amount: int) -> None:
        async with self.bank.db.as_user(self.people[who].me) as tx:
            made = await earnings.do_convert(tx, amount, key=f"{uuid4()}")
        self.transactions.append(made.id)

    def model_convert(self, who: int, amount: int) -> None:
        if who in self.model.frozen:
            raise Refusal("wallet_frozen")
        if (
            self.model.balances["earnings", who] - self.model.pending(who)
            < amount
            <= self.model.balances["earnings", who]
        ):
            raise Refusal("earnings_pending")
        self.model.move({("earnings", who): -amount, ("coins", who): amount})

    async def take_back(self, who: int, amount: int) -> None:
        self.transactions.append((await self.bank.take_back(self.people[who], amount)).transaction.id)

    def model_take_back(self, who: int, amount: int) -> None:
        taken = min(amount, self.model.available(who))
        entries = {("clearing", -1): amount, ("coins", who): -taken, ("debt", who): taken - amount}
        self.model.move({account: moved for account, moved in entries.items() if moved})

    async def hold(self, who: int, amount: int) -> None:
        person = self.people[who]
        async with self.bank.db.as_user(person.me) as tx:
            until = clock.now() + timedelta(hours=2)
            held = await wallet.do_hold(
                tx, person.me.user_id, amount, key=f"{uuid4()}", purpose="call", expires_at=until
            )
        self.holds.append(held.id)

    def model_hold(self, who: int, amount: int) -> None:
        self.model.check_may_spend(who, amount)
        self.model.holds.append(Held(who, amount, clock.now() + timedelta(hours=2)))

    async def pay(self, which: int, step: int, amount: int) -> None:
        if which < len(self.holds):
            held = self.model.holds[which]
            payee = self.people[(held.who + max(step, 1)) % 3].me.user_id
            async with self.bank.db.as_service(self.bank.tenant.id) as tx:
                made = await wallet.do_commit_hold(
                    tx,
                    self.holds[which],
                    [Entry(earnings_of(payee), min(amount, held.amount))],
                    type=TransactionType.call,
                    key=f"{uuid4()}",
                )
            self.transactions.append(made.id)

    def model_pay(self, which: int, step: int, amount: int) -> None:
        if which < len(self.model.holds):
            held = self.model.holds[which]
            if held.status != "open":
                raise Refusal("hold_expired")
            held.status = "committed"
            paid = min(amount, held.amount)
            self.model.move({("coins", held.who): -paid, ("earnings", (held.who + max(step, 1)) % 3): paid})

    async def release(self, which: int, _step: int, _amount: int) -> None:
        if which < len(self.holds):
            async with self.bank.db.as_service(self.bank.tenant.id) as tx:
                await wallet.do_release_hold(tx, self.holds[which])

    def model_release(self, which: int, _step: int, _amount: int) -> None:
        if which < len(self.model.holds):
            held = self.model.holds[which]
            if held.status == "committed":
                raise Refusal("hold_expired")
            if held.status == "open":
                held.status = "released"
                self.model.settle(held.who)

    async def reverse(self, back: int) -> None:
        if back < len(self.transactions):
            self.transactions.append((await self.bank.reverse(self.transactions[-1 - back])).id)

    def model_reverse(self, back: int) -> None:
        if back < len(self.model.moved):
            original = self.model.moved[-1 - back]
            if original.is_reversal:
                raise Refusal("not_reversible")
            if original.is_reversed:
                raise Refusal("already_reversed")
            self.model.move({account: -amount for account, amount in original.entries.items()}, is_reversal=True)
            original.is_reversed = True

    async def freeze(self, who: int) -> None:
        async with self.bank.db.as_service(self.bank.tenant.id) as tx:
            await wallet.do_freeze(tx, self.people[who].me.user_id, "a look", None)

    def model_freeze(self, who: int) -> None:
        self.model.frozen.add(who)

    async def thaw(self, who: int) -> None:
        async with self.bank.db.as_service(self.bank.tenant.id) as tx:
            await wallet.do_thaw(tx, self.people[who].me.user_id, None)

    def model_thaw(self, who: int) -> None:
        self.model.frozen.discard(who)

    async def forgive(self, who: int) -> None:
        async with self.bank.db.as_service(self.bank.tenant.id) as tx:
            made = await wallet.do_forgive_debt(tx, self.people[who].me.user_id, 7, key=f"{uuid4()}", reason="")
        self.transactions.append(made.id)

    def model_forgive(self, who: int) -> None:
        owed = min(7, -self.model.balances["debt", who])
        if not owed:
            raise Refusal("balance_too_low")
        self.model.move({("debt", who): owed, ("promotions", -1): -owed})

    async def forward(self, hours: int) -> None:
        self.clock.forward(hours=hours)
        async with self.bank.db.as_service(self.bank.tenant.id) as tx:
            await tasks.expire_holds(tx)

    def model_forward(self, _hours: int) -> None:
        for held in self.model.holds:
            if held.status == "open" and held.until <= clock.now():
                held.status = "expired"
                self.model.settle(held.who)

    async def step(self, operation: Operation) -> None:
        name, *arguments = operation
        said = expected = ""
        try:
            await getattr(self, name)(*arguments)
        except Refused as refused:
            said = refused.code
        try:
            getattr(self, f"model_{name}")(*arguments)
        except Refusal as refusal:
            expected = str(refusal)
        assert said == expected, operation
        for who, person in enumerate(self.people):
            assert await self.bank.wallet_of(person) == self.model.wallet(who), operation
            assert not (self.model.available(who) and self.model.balances["debt", who]), "whoever owes has nothing"
            await self.check_the_history(who)
        self.past.append((clock.now(), self.model.balances.copy()))

    async def check_the_history(self, who: int) -> None:
        """Read page by page: its lines together are what the person has, earned and owes."""
        told: Counter[str] = Counter()
        page: wallet.HistoryPage | None = None
        lines: set[UUID] = set()
        async with self.bank.db.as_user(self.people[who].me) as tx:
            while page is None or page.next is not None:
                page = await wallet.history(tx, page.next if page else None, 7)
                for line in page.items:
                    told.update(coins=line.coins, earnings=line.earnings, debt=line.debt)
                    assert line.amount == (line.coins or line.earnings)
                    assert line.coins or line.earnings or line.debt, "every line says what it changed"
                    lines.add(line.id)
            available = (await earnings.earnings(tx)).available
        model = self.model.wallet(who)
        assert (told["coins"], told["earnings"], told["debt"]) == (model.balance, model.earnings, model.debt)
        assert len(lines) == self.model.payments[who] + sum(
            any(moved.entries[kind, who] for kind in ("coins", "earnings", "debt")) for moved in self.model.moved
        ), "each once"
        assert available == max(model.earnings - self.model.pending(who), 0)

    async def check_the_past(self) -> None:
        async with self.bank.db.as_service(self.bank.tenant.id) as tx:
            for when, balances in self.past[:: max(1, len(self.past) // 4)]:
                for kind, who in (("coins", 0), ("earnings", 1), ("debt", 2), ("revenue", -1), ("clearing", -1)):
                    assert await wallet.balance_at(tx, self.account(kind, who), when) == balances[kind, who]


@given(operations=st.lists(OPERATIONS, min_size=5, max_size=25))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_ledger_agrees_with_the_model(db: Database, moving_clock: MovableClock, operations: list[Operation]):
    bank = Bank(db, await new_tenant(db))
    story = Story(bank, [await bank.person() for _ in range(3)], moving_clock)
    for operation in operations:
        await story.step(operation)
    await story.check_the_past()
    assert (await bank.audit()).faults == []

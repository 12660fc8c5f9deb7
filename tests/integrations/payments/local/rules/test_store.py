"""Store of the local provider: a file made under earlier names goes on, and makers of one wait for each other."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec

from meydan.integrations.payments.local.books import webhook_delivery
from meydan.integrations.payments.local.books.store import Store
from meydan.integrations.payments.local.models import (
    CheckoutStatus,
    LocalCheckout,
    LocalPayment,
    OpenCheckoutRequest,
    WebhookBehaviour,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
EARLIER = """
create table things (
  number integer primary key, id text not null unique, account integer not null, due_at text, body blob not null
);
create index things_due on things (due_at) where due_at is not null;
create table keys (
  account integer not null, key text not null, fingerprint text not null, answer text not null, primary key (account, key)
);
create table webhooks (
  number integer primary key, id text not null, account integer not null, subject text not null, url text not null,
  body blob not null, due_at text, tries integer not null default 0, delivered_at text, answer text
);
create index webhooks_due on webhooks (due_at) where due_at is not null;
create table manners (account integer primary key, body blob not null);
"""


def checkout(number: int) -> LocalCheckout:
    order = OpenCheckoutRequest(
        reference=uuid4(),
        title="100 coins",
        amount=4999,
        currency="TRY",
        period=None,
        buyer=uuid4(),
        language="en",
        return_url="http://localhost/back",
        webhook_url="http://localhost/webhooks",
    )
    return LocalCheckout(f"lch_{number}", 1, order, CheckoutStatus.open, AT, AT + timedelta(hours=1))


def test_a_file_of_earlier_names_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "pay.sqlite3"
    kept, behaviour = checkout(1), WebhookBehaviour(repeats=2)
    with sqlite3.connect(file) as earlier:
        earlier.executescript(EARLIER)
        earlier.execute(
            "insert into things (id, account, due_at, body) values (?, 1, null, ?)",
            (kept.id, msgspec.json.encode(kept)),
        )
        earlier.execute("insert into manners values (1, ?)", (msgspec.json.encode(behaviour),))
        earlier.execute(
            "insert into webhooks (id, account, subject, url, body, tries) values ('e', 1, 'o', 'u', 'b', 3)"
        )
    earlier.close()
    for _ in range(2):
        with Store(file).open() as tx:
            assert tx.get(LocalCheckout, kept.id) == kept
            assert webhook_delivery.behaviour_of(tx, 1) == behaviour
            assert tx.run("select attempts from webhooks where id = 'e'").fetchone()["attempts"] == 3
            tx.do_put(checkout(2))


def test_a_new_file_has_the_same_tables(tmp_path: Path) -> None:
    def shape(file: Path) -> dict[str, list[str]]:
        with Store(file).open() as tx:
            tables = [row["name"] for row in tx.run("select name from sqlite_master where type = 'table'").fetchall()]
            return {name: [row["name"] for row in tx.run(f"pragma table_info({name})").fetchall()] for name in tables}

    earlier = tmp_path / "earlier.sqlite3"
    with sqlite3.connect(earlier) as connection:
        connection.executescript(EARLIER)
    connection.close()
    assert shape(earlier) == shape(tmp_path / "new.sqlite3")


def test_a_store_that_somebody_else_is_making_is_waited_for(tmp_path: Path):
    file = tmp_path / "pay.sqlite"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    other.execute("create table anything (id)")
    ending = threading.Timer(0.2, lambda: other.execute("commit"))
    ending.start()
    with Store(file).open() as tx:
        assert tx.all(LocalPayment, 1) == []
    ending.join()
    other.close()

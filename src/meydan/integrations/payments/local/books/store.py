"""Store of the local provider: its own SQLite file, which several processes may have open.

Each object is a row with its JSON, beside the columns it is found by. ``due_at`` is the time at which it changes by itself.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import msgspec

from meydan.integrations.payments.local.models import LocalCheckout, LocalPayment, LocalSubscription, NotThere

StoredObject = LocalCheckout | LocalPayment | LocalSubscription
T = TypeVar("T", LocalCheckout, LocalPayment, LocalSubscription)

_PREFIXES: dict[type[StoredObject], str] = {LocalCheckout: "lch", LocalPayment: "lpy", LocalSubscription: "lsu"}
_SCHEMA = """
create table objects (
  number integer primary key, id text not null unique, account integer not null, due_at text, body blob not null
);
create index objects_due on objects (due_at) where due_at is not null;
create table keys (
  account integer not null, key text not null, fingerprint text not null, answer text not null, primary key (account, key)
);
create table webhooks (
  number integer primary key, id text not null, account integer not null, subject text not null, url text not null,
  body blob not null, due_at text, attempts integer not null default 0, delivered_at text, answer text
);
create index webhooks_due on webhooks (due_at) where due_at is not null;
create table webhook_behaviours (account integer primary key, body blob not null);
"""
_RENAMES = """
alter table things rename to objects;
drop index things_due;
create index objects_due on objects (due_at) where due_at is not null;
alter table webhooks rename column tries to attempts;
alter table manners rename to webhook_behaviours;
"""
"""Renames the tables of a file that was made before they had these names."""


def moment(at: datetime) -> str:
    """Sorts as text."""
    return at.isoformat(timespec="microseconds")


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex}"


class Transaction:
    """A transaction over the store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.run = connection.execute

    def get(self, kind: type[T], id: str, account: int | None = None) -> T:
        """Raises: NotThere."""
        row = self.run("select account, body from objects where id = ?", (id,)).fetchone()
        if row is None or not id.startswith(_PREFIXES[kind]) or account not in (None, row["account"]):
            raise NotThere
        return msgspec.json.decode(row["body"], type=kind)

    def do_put(self, subject: StoredObject) -> None:
        due = subject.due_at
        self.run(
            "insert into objects (id, account, due_at, body) values (?, ?, ?, ?) "
            "on conflict (id) do update set due_at = excluded.due_at, body = excluded.body",
            (subject.id, subject.account, due and moment(due), msgspec.json.encode(subject)),
        )

    def all(self, kind: type[T], limit: int) -> list[T]:
        """The newest first."""
        rows = self.run(
            "select body from objects where id glob ? order by number desc limit ?", (f"{_PREFIXES[kind]}_*", limit)
        )
        return [msgspec.json.decode(row["body"], type=kind) for row in rows]

    def payments_of(self, account: int, after: int, limit: int) -> tuple[list[LocalPayment], int | None]:
        """Lists payments in the order they were made, and the number after which the next ones come."""
        rows = self.run(
            "select number, body from objects where account = ? and number > ? and id glob 'lpy_*' order by number limit ?",
            (account, after, limit),
        ).fetchall()
        following = rows[-1]["number"] if len(rows) == limit else None
        return [msgspec.json.decode(row["body"], type=LocalPayment) for row in rows], following

    def due(self, kind: type[T], now: datetime) -> list[T]:
        rows = self.run(
            "select body from objects where due_at <= ? and id glob ? order by due_at",
            (moment(now), f"{_PREFIXES[kind]}_*"),
        )
        return [msgspec.json.decode(row["body"], type=kind) for row in rows.fetchall()]


class Store:
    def __init__(self, file: Path) -> None:
        self._file = file

    @contextmanager
    def open(self) -> Iterator[Transaction]:
        """Opens a write transaction; other writers wait for its end."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600))  # what SQLite makes beside it is as closed
        connection = sqlite3.connect(self._file, timeout=10, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            # No write-ahead log: switching to it fails at once where another connection is open, instead of waiting.
            connection.execute("pragma synchronous = normal")
            connection.execute("begin immediate")
            tables = {row["name"] for row in connection.execute("select name from sqlite_master where type = 'table'")}
            if "objects" not in tables:
                for statement in (_RENAMES if "things" in tables else _SCHEMA).split(";"):
                    connection.execute(statement)
            with connection:  # commits, or rolls back what was begun
                yield Transaction(connection)
        finally:
            connection.close()

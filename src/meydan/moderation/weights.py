"""Weights of reporters: a hundred for one whom nothing speaks against, less for the others.

Reporters who share a device, a network or a block of phone numbers count together, as the weightiest of them.
People read the numbers in docs/security.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from meydan.kit.database import Tx

FULL = 100
"""The weight of one whole reporter."""
YOUNG_ACCOUNTS = ((timedelta(days=1), 10), (timedelta(days=7), 50))
"""Weights of accounts that were younger than this when they reported."""
SILENT_SHARE = 4
"""Unless both wrote to each other, this part of the weight counts: a quarter."""


class Reporter(Struct, frozen=True):
    """Facts about a reporter, from which the weight follows."""

    case_id: UUID
    user_id: UUID
    account_age: timedelta
    """At the first report of this case."""
    has_contact: bool
    """True for a proved phone number or e-mail address that the account still has."""
    has_exchanged: bool
    """True when both had written to each other before a report."""
    devices: list[UUID]
    networks: list[str]
    number_block: str | None
    """The phone number without its last three digits."""

    @property
    def marks(self) -> set[str]:
        """Everything that two accounts of one person are likely to share."""
        found = {f"device {device}" for device in self.devices} | {f"network {network}" for network in self.networks}
        return found if self.number_block is None else found | {f"block {self.number_block}"}


def weight_of(reporter: Reporter) -> int:
    """The weight of one reporter alone."""
    if not reporter.has_contact:
        return 0
    weight = next((weight for age, weight in YOUNG_ACCOUNTS if reporter.account_age < age), FULL)
    return weight if reporter.has_exchanged else weight // SILENT_SHARE


def total(reporters: Sequence[Reporter]) -> int:
    """The weight of all, each group of them counted as its weightiest member."""
    groups: list[tuple[set[str], int]] = []
    for reporter in reporters:
        marks, weight = reporter.marks, weight_of(reporter)
        apart = []
        for other_marks, other_weight in groups:
            if marks & other_marks:  # also joins groups that only this reporter connects
                marks, weight = marks | other_marks, max(weight, other_weight)
            else:
                apart.append((other_marks, other_weight))
        groups = [*apart, (marks, weight)]
    return sum(weight for _, weight in groups)


async def reporters_of(tx: Tx, case_ids: Sequence[UUID], *, since: datetime | None = None) -> list[Reporter]:
    """The reporters in these cases, each once in a case. ``since`` leaves out those who had reported before.

    Runs as: service.
    """
    return await tx.all(
        Reporter,
        """
        select said.case_id, reporter.id as user_id, min(said.created_at) - reporter.created_at as account_age,
            reporter.phone is not null or reporter.email is not null as has_contact,
            bool_or(exists (
                select from app.message_logs sent
                join app.message_logs received
                    on received.tenant_id = sent.tenant_id and received.conversation_id = sent.conversation_id
                    and received.sender_user_id = said.reported_user_id and received.kind = 'text'
                    and received.sent_at <= said.created_at
                where sent.tenant_id = said.tenant_id and sent.sender_user_id = reporter.id
                    and sent.receiver_user_id = said.reported_user_id and sent.kind = 'text'
                    and sent.sent_at <= said.created_at
            )) as has_exchanged,
            array(
                select distinct device.client_id from app.devices device
                where device.tenant_id = reporter.tenant_id and device.user_id = reporter.id
            ) as devices,
            array(
                select distinct session.address_hint from app.sessions session
                join app.devices device on device.tenant_id = session.tenant_id and device.id = session.device_id
                where device.tenant_id = reporter.tenant_id and device.user_id = reporter.id
                    and session.address_hint <> ''
            ) as networks,
            left(reporter.phone, -3) as number_block
        from app.reports said
        join app.users reporter on reporter.tenant_id = said.tenant_id and reporter.id = said.reporter_user_id
        where said.tenant_id = $1 and said.case_id = any($2::uuid[])
        group by said.case_id, reporter.tenant_id, reporter.id
        having $3::timestamptz is null or min(said.created_at) > $3
        order by said.case_id, reporter.id
        """,
        case_ids,
        since,
    )

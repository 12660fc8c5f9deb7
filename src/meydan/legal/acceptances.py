"""Acceptances: the versions that a person accepted, or was shown, when they registered."""

from meydan import accounts
from meydan.kit.database import Tx
from meydan.kit.events import listen
from meydan.kit.identity import Role
from meydan.legal import texts
from meydan.legal.enums import LegalKind
from meydan.legal.texts import LegalTextChanged


@listen(accounts.Registered)
async def do_accept(tx: Tx, event: accounts.Registered) -> None:
    """Records the texts in force. Refuses a client that has shown others; a founder answers for them and accepts none.

    Raises: LegalTextChanged.
    Runs as: service.
    """
    user = await accounts.user(tx, event.user_id)
    if user.role is Role.owner:
        return
    shown = event.shown_texts
    for kind in LegalKind:
        text = await texts.current(tx, kind, user.language)
        if shown is not None and text.digest not in shown:
            raise LegalTextChanged
        await tx.run(
            "insert into app.legal_acceptances (tenant_id, user_id, text_id) values ($1, $2, $3)",
            event.user_id,
            await texts.do_keep(tx, text),
        )

"""Delivered texts: in force until a community writes its own, filled with its settings."""

from functools import cache
from pathlib import Path

from meydan import accounts, meeting, tenants
from meydan.kit.database import Tx
from meydan.legal.enums import LegalKind
from meydan.legal.settings import LegalSettings
from meydan.tenants import Language

_FOLDER = Path(__file__).parent / "delivered"


async def delivered_text(tx: Tx, kind: LegalKind, language: Language) -> str:
    """Runs as: service."""
    filled = {
        "community": (await tenants.current(tx)).name,
        "operator": _operator(await tenants.settings(tx, LegalSettings), language),
        "hours": str((await tenants.settings(tx, meeting.MeetingSettings)).match_hours),
        "age": str((await tenants.settings(tx, accounts.AccountsSettings)).minimum_age),
    }
    text = _template(kind, language)
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@cache
def _template(kind: LegalKind, language: Language) -> str:
    return (_FOLDER / f"{kind}.{language}.md").read_text(encoding="utf-8").strip()


def _operator(settings: LegalSettings, language: Language) -> str:
    """The paragraph about the operator. It says openly what is missing."""
    name, address, contact = settings.operator_name, settings.operator_address, settings.operator_contact
    lines = [line for line in (name and f"**{name}**", address, contact) if line]
    if language is Language.turkish:
        if not name:
            lines.append("*Bu topluluğu işletenler burada henüz kim olduklarını yazmadı.*")
        if not contact:
            lines.append("*Kendilerine nasıl ulaşılacağını henüz yazmadılar.*")
    else:
        if not name:
            lines.append("*The people who run this community have not yet said here who they are.*")
        if not contact:
            lines.append("*They have not yet said here how they can be reached.*")
    return "\n\n".join(lines)

"""Messaging: two profiles talk end to end encrypted. The server orders, keeps for a while and forwards what it cannot read.

For higher rooms: ``do_open`` a conversation in the transaction that makes the match, ``do_close`` it where the match ends,
ask ``wrote``. ``app.message_logs`` (``tenant_id, conversation_id, sender_user_id, sent_at`` where ``kind = 'text'`` is
indexed) may be read by set-based statements of meeting; of a single profile ``app.wrote($1, conversation_id, profile_id,
before)`` answers inside a statement, to the conversation's people and to services.
"""

from meydan.messaging import personal_data, tasks  # noqa: F401 -- importing the room registers jobs and what it keeps of a person
from meydan.messaging.conversations import MessagingSettings, Opened, do_close, do_open
from meydan.messaging.messages import ConversationClosed, MessageSent, do_delete_expired, wrote

export_person, erase_person = personal_data.export, personal_data.do_erase

__all__ = [
    "ConversationClosed",
    "MessageSent",
    "MessagingSettings",
    "Opened",
    "do_close",
    "do_delete_expired",
    "do_open",
    "erase_person",
    "export_person",
    "wrote",
]

"""Messaging: end-to-end encrypted conversations of two profiles. The server orders, stores and forwards ciphertext.

Higher rooms ``do_open`` a conversation in the transaction of the match, and ``do_close`` it where the match ends.
Meeting's set-based statements may read ``app.message_logs``, which is indexed on ``tenant_id, conversation_id,
sender_user_id, sent_at`` where ``kind = 'text'``. For one profile, ``app.has_written($1, conversation_id, profile_id, before)``
answers inside a statement, to the conversation's members and to services.
"""

from meydan.messaging import personal_data, tasks  # noqa: F401 -- importing the room registers jobs and personal data
from meydan.messaging.conversations import ConversationClosed, Opened, do_close, do_open
from meydan.messaging.events import MessageSent
from meydan.messaging.messages import do_delete_expired, has_written
from meydan.messaging.settings import MessagingSettings

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
    "has_written",
]

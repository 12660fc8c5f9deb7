"""Web Push: messages to browsers by way of their makers' push services (RFC 8030), which cannot read them."""

from meydan.integrations.web_push.encryption import BrowserKeys, KeysInvalid
from meydan.integrations.web_push.sender import (
    PushDelayed,
    PushMessage,
    PushRefused,
    PushSender,
    PushTargetGone,
    Urgency,
)

__all__ = [
    "BrowserKeys",
    "KeysInvalid",
    "PushDelayed",
    "PushMessage",
    "PushRefused",
    "PushSender",
    "PushTargetGone",
    "Urgency",
]

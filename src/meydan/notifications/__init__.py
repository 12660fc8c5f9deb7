"""Notifications: the inbox of a user."""

from meydan.notifications import listeners, personal_data, tasks  # noqa: F401 -- importing the room registers listeners and what it keeps of people and jobs
from meydan.notifications.inbox import Code, Notification, NotificationType, Receiver, do_notify

__all__ = ["Code", "Notification", "NotificationType", "Receiver", "do_notify"]

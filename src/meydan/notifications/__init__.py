"""Notifications: what a person is told inside the product."""

from meydan.notifications import listeners, personal_data, tasks  # noqa: F401 -- importing the room registers listeners and what it keeps of people and jobs
from meydan.notifications.inbox import Code, Kind, Notification, Receiver, do_notify

__all__ = ["Code", "Kind", "Notification", "Receiver", "do_notify"]

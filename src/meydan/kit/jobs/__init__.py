"""Background jobs and schedules over PgQueuer: queued in the caller's transaction, polled and run by the worker.

The worker stands in ``jobs.worker``. The API queues jobs without it, and so starts a third sooner.
"""

from meydan.kit.jobs.registry import every, external_job, job, queue, repeat, run_job, run_scheduled

__all__ = ["every", "external_job", "job", "queue", "repeat", "run_job", "run_scheduled"]

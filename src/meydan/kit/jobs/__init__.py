"""Background jobs and schedules over PgQueuer: queued in the caller's transaction, polled and run by the worker."""

from meydan.kit.jobs.registry import every, external_job, job, queue, repeat, run_in_every_tenant, run_job
from meydan.kit.jobs.worker import Worker

__all__ = ["Worker", "every", "external_job", "job", "queue", "repeat", "run_in_every_tenant", "run_job"]

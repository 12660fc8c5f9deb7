"""Events of tenants, for the rooms above."""

from meydan.kit.events import Event


class TenantAdded(Event, frozen=True):
    """Listeners write the new tenant's initial rows. The transaction already runs inside the tenant."""

    tenant_id: int

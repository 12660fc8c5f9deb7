"""Routes of the local provider. They are not the product's, so its OpenAPI document has none of them."""

from meydan.integrations.payments.local import api, dashboard, pages

ROUTES = [*api.ROUTES, *dashboard.ROUTES, *pages.ROUTES]

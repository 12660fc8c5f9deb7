"""Everything the provider of ours answers over HTTP; none of it is the product's, so none is in its OpenAPI document."""

from meydan.integrations.payments.local import api, dashboard, pages

ROUTES = [*api.ROUTES, *dashboard.ROUTES, *pages.ROUTES]

"""Routes of the local provider. They are not the product's, so its OpenAPI document has none of them."""

from meydan.integrations.payments.local import api
from meydan.integrations.payments.local.pages import dashboard, pay_page

ROUTES = [*api.ROUTES, *dashboard.ROUTES, *pay_page.ROUTES]

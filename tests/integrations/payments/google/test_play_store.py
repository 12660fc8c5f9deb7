"""The Play Store of ours is held against Google's own description."""

import base64
import json
from typing import Any

import pytest

from tests.integrations.payments.servers.google import PlayStore
from tests.integrations.payments.servers.google_schema import shape_of
from tests.integrations.payments.servers.shapes import Unfit, check


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("Order", {"orderID": "GPA.1"}),
        ("Order", {"state": "PAID"}),
        ("Order", {"createTime": "yesterday"}),
        ("Money", {"units": 1}),
        ("Money", {"nanos": 2**31}),
        ("Money", {"nanos": True}),
        ("ProductPurchaseV2", {"productLineItem": {}}),
        ("SubscriptionPurchaseV2", {"lineItems": [{"autoRenewingPlan": {"autoRenewEnabled": "yes"}}]}),
    ],
)
def test_an_answer_google_would_not_give(schema: str, value: dict[str, Any]):
    with pytest.raises(Unfit):
        check(shape_of(schema), value)


def test_a_message_is_what_pubsub_posts(store: PlayStore):
    body = json.loads(store.tell({"testNotification": {"version": "1.0"}}).body)
    assert json.loads(base64.b64decode(body["message"]["data"]))["packageName"] == store.package_name

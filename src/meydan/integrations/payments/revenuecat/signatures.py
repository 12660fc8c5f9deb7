"""Signatures of RevenueCat's webhooks: a value that the operator chose, and an HMAC where signatures are turned on."""

import hmac

from meydan.integrations.payments.contract import SignatureInvalid, Webhook
from meydan.integrations.payments.revenuecat.account import RevenueCatAccount
from meydan.integrations.payments.signatures import check_signature


def check_webhook(webhook: Webhook, account: RevenueCatAccount) -> None:
    """Checks ``Authorization``, and ``X-RevenueCat-Webhook-Signature`` where the account has a signing secret.

    Raises: SignatureInvalid."""
    given = webhook.headers.get("authorization", "").encode()
    if not hmac.compare_digest(given, account.authorization_secret.encode()):
        raise SignatureInvalid
    if account.signing_secret is not None:
        check_signature(account.signing_secret, webhook.headers.get("x-revenuecat-webhook-signature", ""), webhook.body)

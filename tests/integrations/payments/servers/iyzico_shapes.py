"""What iyzico's answers look like, by its own word.

Members and their types are those of the model classes in iyzico's official client for Java (iyzipay-java 2.0.142:
``CheckoutFormInitialize``, ``CheckoutForm``, ``PaymentResource``, ``PaymentItem``, ``Refund``, ``ReportingPaymentDetail``,
``PaymentDetail``, ``PaymentTxDetail``, ``RefundTxDetail``, ``RefundDetail``, ``ReportingPaymentTransaction``,
``TransactionDetail``) and of the OpenAPI documents on docs.iyzico.com ("Checkout Form", "Refund & Cancel", "Reporting
Service"). An answer of the server in ``iyzico.py`` that has another member, or one of another type, is refused here.
"""

from typing import Any

TEXT, WHOLE, NUMBER, YES_OR_NO = (str,), (int,), (int, float), (bool,)
Shape = dict[str, Any]

ENVELOPE: Shape = {
    "status": TEXT,
    "errorCode": TEXT,
    "errorMessage": TEXT,
    "errorGroup": TEXT,
    "locale": TEXT,
    "systemTime": WHOLE,
    "conversationId": TEXT,
}

FORM_MADE: Shape = ENVELOPE | {
    "token": TEXT,
    "checkoutFormContent": TEXT,
    "tokenExpireTime": WHOLE,
    "paymentPageUrl": TEXT,
    "payWithIyzicoPageUrl": TEXT,
    "signature": TEXT,
}

FORM_RESULT: Shape = ENVELOPE | {
    "token": TEXT,
    "callbackUrl": TEXT,
    "paymentStatus": TEXT,
    "price": NUMBER,
    "paidPrice": NUMBER,
    "currency": TEXT,
    "installment": WHOLE,
    "paymentId": TEXT,
    "fraudStatus": WHOLE,
    "basketId": TEXT,
    "binNumber": TEXT,
    "lastFourDigits": TEXT,
    "cardAssociation": TEXT,
    "cardFamily": TEXT,
    "cardType": TEXT,
    "phase": TEXT,
    "signature": TEXT,
    "itemTransactions": [
        {
            "itemId": TEXT,
            "paymentTransactionId": TEXT,
            "transactionStatus": WHOLE,
            "price": NUMBER,
            "paidPrice": NUMBER,
        }
    ],
}

REFUND_MADE: Shape = ENVELOPE | {
    "paymentId": TEXT,
    "price": NUMBER,
    "currency": TEXT,
    "authCode": TEXT,
    "hostReference": TEXT,
    "refundHostReference": TEXT,
    "retryable": YES_OR_NO,
    "signature": TEXT,
}

_REFUND: Shape = {
    "refundPrice": NUMBER,
    "refundStatus": WHOLE,
    "createdDate": TEXT,
    "currencyCode": TEXT,
    "authCode": TEXT,
    "hostReference": TEXT,
}

DETAILS: Shape = ENVELOPE | {
    "payments": [
        {
            "paymentId": WHOLE,
            "paymentStatus": WHOLE,
            "paymentRefundStatus": TEXT,
            "price": NUMBER,
            "paidPrice": NUMBER,
            "installment": WHOLE,
            "paymentConversationId": TEXT,
            "fraudStatus": WHOLE,
            "cardType": TEXT,
            "cardAssociation": TEXT,
            "cardFamily": TEXT,
            "binNumber": TEXT,
            "lastFourDigits": TEXT,
            "basketId": TEXT,
            "currency": TEXT,
            "threeDS": YES_OR_NO,
            "phase": TEXT,
            "createdDate": TEXT,
            "cancels": [_REFUND | {"refundId": WHOLE, "cancelConversationId": TEXT}],
            "itemTransactions": [
                {
                    "paymentTransactionId": WHOLE,
                    "transactionStatus": WHOLE,
                    "price": NUMBER,
                    "paidPrice": NUMBER,
                    "refunds": [
                        _REFUND | {"refundTxId": WHOLE, "refundConversationId": TEXT, "isAfterSettlement": YES_OR_NO}
                    ],
                }
            ],
        }
    ]
}

TRANSACTIONS: Shape = ENVELOPE | {
    "currentPage": WHOLE,
    "totalPageCount": WHOLE,
    "transactions": [
        {
            "transactionType": TEXT,
            "transactionDate": TEXT,
            "transactionId": WHOLE,
            "transactionStatus": WHOLE,
            "afterSettlement": WHOLE,
            "paymentTxId": WHOLE,
            "paymentId": WHOLE,
            "conversationId": TEXT,
            "paymentPhase": TEXT,
            "price": NUMBER,
            "paidPrice": NUMBER,
            "transactionCurrency": TEXT,
            "installment": WHOLE,
            "threeDS": WHOLE,
            "basketId": TEXT,
        }
    ],
}


def check(shape: Any, value: Any, where: str = "answer") -> None:
    """Raises AssertionError with the member's name."""
    if isinstance(shape, list):
        assert isinstance(value, list), where
        for number, one in enumerate(value):
            check(shape[0], one, f"{where}[{number}]")
    elif isinstance(shape, dict):
        assert isinstance(value, dict), where
        for name, one in value.items():
            assert name in shape, f"iyzico has no {where}.{name}"
            check(shape[name], one, f"{where}.{name}")
    else:
        fits = isinstance(value, shape) and (not isinstance(value, bool) or bool in shape)
        assert fits, f"{where} is {value!r}"

"""Answers of iyzico, by its own word.

Members and their types are those of the model classes in iyzico's official client for Java (iyzipay-java 2.0.142) and of the
OpenAPI documents on docs.iyzico.com ("Checkout Form", "Refund & Cancel", "Reporting Service").
"""

from tests.integrations.payments.servers.shapes import Shapes

SHAPES = Shapes(
    "iyzico",
    """
Envelope*: status text, errorCode text, errorMessage text, errorGroup text, locale text, systemTime whole, conversationId text

FormMade* < Envelope: token text, checkoutFormContent text, tokenExpireTime whole, paymentPageUrl text,
 payWithIyzicoPageUrl text, signature text

FormItem*: itemId text, paymentTransactionId text, transactionStatus whole, price number, paidPrice number

FormResult* < Envelope: token text, callbackUrl text, paymentStatus text, price number, paidPrice number, currency text,
 installment whole, paymentId text, fraudStatus whole, basketId text, binNumber text, lastFourDigits text,
 cardAssociation text, cardFamily text, cardType text, phase text, signature text, itemTransactions [FormItem]

RefundMade* < Envelope: paymentId text, price number, currency text, authCode text, hostReference text,
 refundHostReference text, retryable bool, signature text

Refund*: refundPrice number, refundStatus whole, createdDate text, currencyCode text, authCode text, hostReference text

Cancel* < Refund: refundId whole, cancelConversationId text

ItemRefund* < Refund: refundTxId whole, refundConversationId text, isAfterSettlement bool

Item*: paymentTransactionId whole, transactionStatus whole, price number, paidPrice number, refunds [ItemRefund]

Payment*: paymentId whole, paymentStatus whole, paymentRefundStatus text, price number, paidPrice number, installment whole,
 paymentConversationId text, fraudStatus whole, cardType text, cardAssociation text, cardFamily text, binNumber text,
 lastFourDigits text, basketId text, currency text, threeDS bool, phase text, createdDate text, cancels [Cancel],
 itemTransactions [Item]

Details* < Envelope: payments [Payment]

Line*: transactionType text, transactionDate text, transactionId whole, transactionStatus whole, afterSettlement whole,
 paymentTxId whole, paymentId whole, conversationId text, paymentPhase text, price number, paidPrice number,
 transactionCurrency text, installment whole, threeDS whole, basketId text

Transactions* < Envelope: currentPage whole, totalPageCount whole, transactions [Line]
""",
)

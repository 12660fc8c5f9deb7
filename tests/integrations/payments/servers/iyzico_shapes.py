"""Answers of iyzico, by its own word.

Members and their types are those of the model classes in iyzico's official client for Java (iyzipay-java 2.0.142) and of the
OpenAPI documents on docs.iyzico.com ("Checkout Form", "Refund & Cancel", "Reporting Service"). All may be absent; those that
our server never sends, nor a published sample shows, are left out.
"""

from tests.integrations.payments.servers.shapes import Shapes

SHAPES = Shapes(
    """
Envelope*: status text, errorCode text, errorMessage text, errorGroup text, locale text, systemTime whole, conversationId text,
 retryable bool

FormMade* < Envelope: token text, tokenExpireTime whole, paymentPageUrl text, signature text

FormResult* < Envelope: token text, callbackUrl text, paymentStatus text, price number, paidPrice number, currency text,
 paymentId text, fraudStatus whole, basketId text, signature text

RefundMade* < Envelope: paymentId text, price number, currency text, authCode text, hostReference text,
 refundHostReference text, signature text

Cancel*: refundPrice number, refundStatus whole, createdDate text

ItemRefund* < Cancel: refundConversationId text

Item*: paymentTransactionId whole, transactionStatus whole, price number, paidPrice number, refunds [ItemRefund]

Payment*: paymentId whole, paymentStatus whole, paymentRefundStatus text, price number, paidPrice number, installment whole,
 paymentConversationId text, fraudStatus whole, cardType text, cardAssociation text, cardFamily text, binNumber text,
 lastFourDigits text, basketId text, currency text, threeDS bool, phase text, createdDate text, cancels [Cancel],
 itemTransactions [Item]

Details* < Envelope: payments [Payment]

Line*: transactionType text, transactionDate text, transactionStatus whole, paymentId whole, conversationId text,
 price number, paidPrice number, transactionCurrency text

Transactions* < Envelope: currentPage whole, totalPageCount whole, transactions [Line]
""",
)

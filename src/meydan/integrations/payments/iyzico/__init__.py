"""Iyzico behind the contract of payment providers."""

from meydan.integrations.payments.iyzico.adapter import IyzicoAccount, IyzicoProvider

__all__ = ["IyzicoAccount", "IyzicoProvider"]

"""iyzico's keys of one community."""

from msgspec import Struct


class IyzicoAccount(Struct, frozen=True):
    """Keys, and the name, identity number, e-mail and address that iyzico demands of a buyer: ours give none of them."""

    api_key: str
    secret_key: str
    email: str
    """Gets iyzico's receipts for buyers without an e-mail."""
    name: str = "Meydan"
    surname: str = "Üyesi"
    identity_number: str = "11111111111"
    address: str = "Dijital hizmet: adres alınmaz"
    city: str = "İstanbul"
    country: str = "Türkiye"
    api_url: str = ""
    """Empty: iyzico's own, or that of its sandbox."""

"""Addresses of an installation: its main host, and the domain below which each community has a name of its own."""

from urllib.parse import urlsplit

from msgspec import Struct

from meydan.kit.hosts import LOOPBACK_NAME, address_of, host_name


class Addresses(Struct, frozen=True):
    main_host: str = ""
    """Host of ``http.public_url``; "" when none is set."""
    base_domain: str = ""
    """Domain of ``tenants.base_domain``; "" when communities get no names below one."""

    @classmethod
    def of(cls, public_url: str, base_domain: str) -> "Addresses":
        return cls(host_name(urlsplit(public_url).netloc), host_name(base_domain))

    def is_main(self, name: str) -> bool:
        """True for every address and name that leads to the installation itself, thus to the default community."""
        return bool(address_of(name)) or "." not in name or name in {self.main_host, self.base_domain, LOOPBACK_NAME}

    def slug_in(self, name: str) -> str | None:
        """The label below the base domain, or below ``localhost``; None for names elsewhere."""
        if self.is_main(name):
            return None
        label, _, domain = name.partition(".")
        return label if domain in {self.base_domain, LOOPBACK_NAME} else None

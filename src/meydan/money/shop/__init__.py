"""Shop: the products for sale, coin packages and premium plans."""

from meydan.money.shop import products

__all__ = [
    "products",
]

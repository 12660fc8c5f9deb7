"""Shop: what is for sale, coin packages and premium plans."""

from meydan.money.shop import products  # noqa: F401 -- importing the room registers its listeners

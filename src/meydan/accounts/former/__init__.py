"""Former accounts: burdens of erased ones wait under keyed hashes of their contacts, and the next account inherits them."""

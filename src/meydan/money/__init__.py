"""Money: the district of rooms for what is sold, paid, held in coins, given and taken back."""

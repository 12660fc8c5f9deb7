"""Commerce: what is sold for money, how it is paid, and what has to be given back."""

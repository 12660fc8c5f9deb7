"""What every room stands on. Holds no word of the product."""

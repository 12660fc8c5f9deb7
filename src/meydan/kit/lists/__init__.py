"""Lists that can be filtered, sorted, paged by keyset, and written as CSV."""

from meydan.kit.lists.csv_text import Cell, csv_lines
from meydan.kit.lists.keyset import CursorInvalid, Filter, Listing, Order, Page, Sort

__all__ = ["Cell", "CursorInvalid", "Filter", "Listing", "Order", "Page", "Sort", "csv_lines"]

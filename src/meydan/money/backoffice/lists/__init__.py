"""Lists of staff about money: filtered, sorted, paged, and exported as files."""

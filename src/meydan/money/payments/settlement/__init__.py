"""Settlement: applies what providers say of money, and gives what it bought. In any order, and any number of times."""

from meydan.money.payments.settlement.apply import NotHeld, do_apply, do_apply_all, do_release

__all__ = ["NotHeld", "do_apply", "do_apply_all", "do_release"]

"""Settlement: applies providers' events to payments, and fulfils them. Events may come repeatedly and in any order."""

from meydan.money.payments.settlement.apply import NotHeld, do_apply, do_apply_all, do_release

__all__ = ["NotHeld", "do_apply", "do_apply_all", "do_release"]

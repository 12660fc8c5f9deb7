"""Backups: made, encrypted, restored; decisions since then replayed from the journal."""

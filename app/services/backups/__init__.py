"""Backups: one file each, looked through before it counts, and put back whole or not at all.

`making` makes one, `checking` opens and judges one, `restoring` puts one back, `tending` makes
those that are due, lets old ones go and tries them out. Which engine holds the records is known to
`sqlite_keeping` and `postgres_keeping` only (see docs/decisions/0007).
"""

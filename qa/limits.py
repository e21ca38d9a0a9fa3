"""How large what is read may be; apart from the records, so that `qa --help` need not import those."""

MEGABYTE = 1_000_000
LARGEST = 64 * MEGABYTE
"""Bytes of the largest file that is read unless more is allowed: what it needs in memory grows with it."""

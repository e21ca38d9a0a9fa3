"""From a passage to typed figures.

In: a `Passage`. Out: its `Figure`s, each with subject, metric, value, unit, period and range; and a table of
them that can be filtered, sorted and written out.
"""

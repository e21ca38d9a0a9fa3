"""From a passage to typed figures.

In: the `Passage`s of a document. Out: their `Figure`s, each with subject, metric, value, unit, mode, period
and range; and a table of them that can be filtered, sorted and written out. Read `extract` first.
"""

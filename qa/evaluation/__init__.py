"""Questions with known answers, and what a system makes of them.

In: a question file and anything that answers. Out: scores with intervals, run folders, comparisons, gates,
reports, and calibrations fitted to the outcome.
Read `measure` first.
"""

"""The language: folding, numerals, units, words and their classes, names, periods.

In: text. Out: folded text, words with their tags, quantities, names and periods, each with the range it
stands in. Nothing here knows of documents, indexes or questions.
Read `periods` first.
"""

"""The index folder, its stores and indexes, and the way from a query to hits.

In: passages, figures and vectors to keep; later a query. Out: a `Store`; `Hit`s, best first.
Read `store` first.
"""

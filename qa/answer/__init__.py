"""From a `Query` and hits to an `Answer`.

In: a question, and what answering rests on (`Sources`: search, documents, figures, the reader, the ranker).
Out: an `Answer` with citations and the probability that it is right, or the honest refusal; why, where asked.
Read `reply` first.
"""

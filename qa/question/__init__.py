"""From text to a `Query`: what is asked, in which words, about whom; and conversations.

In: a question as typed, the names that the corpus has. Out: `Query`, its terms and weights, `Named`s, and a
question completed by those before it.
"""

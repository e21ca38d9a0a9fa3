"""From text to a `Query`: what is asked, in which words, about whom; and conversations.

In: a question as typed, the names and term frequencies of the corpus. Out: a `Query`, and a question
completed by those before it.
Read `query` first.
"""

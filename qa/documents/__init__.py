"""From a file to passages, every character with its way back to the original.

In: files and folders. Out: `Document`, `Clean`, `Block`, `Article` and `Passage` records, whose ranges point
into the original text.
Read `clean` first.
"""

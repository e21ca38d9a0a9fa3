"""Formats that are not plain text, one file a format: bytes in, the text drawn from them and its places out.

`reading` says which reader the ending of a name gets. Libraries are imported when a file of their format
is read.
"""

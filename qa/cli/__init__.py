"""The command line: commands, the terminal, pages of text, plots.

In: arguments and streams. Out: results on stdout, all else on stderr, and an exit status. Nothing
below imports from here.
Read `app` first.
"""

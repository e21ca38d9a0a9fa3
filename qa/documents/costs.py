"""What each way to read a layout costs: the more, the less often typesetting does it.

Differences of 1 are about a factor of e in how often. Set by hand on golden cases of cleaning and on how
often print does what; no question had a part in it. All widths are in Han characters.
"""

from __future__ import annotations

WIDEST_COLUMN = 60
"""A wider line was never wrapped in print."""
INDENT = 2.0
"""How much narrower a first line is."""
TOLERANCE = 1.0
"""By how much full lines differ: a mark that hangs over, a token that did not fit."""
NARROW_SLACK, SAME_SLACK = 0.75, 0.5
NARROWER = (1.25, 2.5)
"""By how much a line is narrower that has lost its indent, to be told from one that is merely uneven."""
SHORT_BY = 2.5
"""A line so much narrower than the one before does not fill the column."""
SHALLOW = 0.9
"""Below this a difference of indents is none."""

# How a line ends: the cost of ending a paragraph there, and of standing by itself.
ENDS = {"sentence": 0.0, "colon": 3.0, "semicolon": 1.5, "bracket": 1.0, "other": 5.0}
ALONE = {"sentence": 0.0, "colon": 1.0, "semicolon": 0.5}
GOES_ON = {"question": 0.8, "sentence": 3.0, "colon": 0.3, "other": 0.0}
"""Of going on behind such an end."""
MID_SENTENCE = 2.0
"""A line whose end costs more than this stops in mid-sentence."""

# A headline or list item: how unlike one a line without a sentence mark is.
DANGLES, UNBALANCED, ENDS_IN_FUNCTION_WORD, LONG, SHORT, HAS_COMMA = 6.0, 5.0, 4.0, 3.0, 1.0, 0.7
HEADLINE_LENGTH = 40

# Joining two lines.
GAP_IN_TOKEN, GAP_BEHIND_SENTENCE, GAP, WIDER_GAP = 1.0, 4.0, 1.0, 2.0
DEEPER_INDENT, DEEPER_INDENT_BEHIND_FEW = 4.0, 1.0
FEW = 4
"""Characters of a line that is too short to be one of a column."""
CUT_WORD, CUT_BETWEEN_WORDS = -1.5, 0.4
"""Of line ends in print, 4 in 10 cut a common word; of others, 1 in 25 happens to."""
LOOSE, LOOSE_SHARE = 4.0, 0.5
"""Times what share of the lines around fails to stop in mid-sentence, where more than that share should."""
PLAIN, PLAIN_LATIN = 1.5, 0.3
"""Of joining lines without punctuation among such."""

# Widths that do not fit.
OTHER_COLUMN, OTHER_COLUMN_UNWRAPPED = 4.0, 12.0
PER_CHARACTER_OFF, PER_CHARACTER_OVER = 1.5, 0.9
FULL = 3.0
"""Of a last line that fills the column: of the sentence ends that meet a line's end, one in three ends
the paragraph, too."""
FULL_PUNCTUATED = 2.5

# Parting two lines.
NO_GAP, PARTED_TOKEN = 0.5, 6.0

# How a text sets its paragraphs, counted where one surely ends.
SEEN = 3
"""First lines that are needed to tell."""
MOSTLY, TWICE = 1.25, 2
NO_BLANK, NO_INDENT, NOT_NARROW, UNSURE_NARROW, NOT_LEVEL = 1.8, 4.0, 3.0, 0.5, 1.5

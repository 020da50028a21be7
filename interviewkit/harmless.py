"""Text from files and from people, made harmless: the one place that knows what others would obey.

A terminal obeys escapes and reorders what stands between direction marks, a spreadsheet runs what begins
with a sign, XML breaks at some characters. Where text comes in (`models.base.Prose`) and where it goes out
(screens, commands, exports) it passes through here, and what could steer, hide or forge something is a `�`.
"""

import re

# Controls, line separators, direction overrides and isolates, interlinear marks, surrogates, noncharacters.
# Marks that only say in which direction a text runs (U+200E, U+200F) belong to Arabic and Hebrew.
_UNFIT = "\\x00-\\x1f\\x7f-\\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufff9-\ufffb\ud800-\udfff\ufffe\uffff"
UNFIT = re.compile(f"[{_UNFIT}]")
UNFIT_IN_LINES = re.compile(f"(?![\\n\\t])[{_UNFIT}]")
SHOWN = "�"
FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]")
"""What spreadsheet programs begin a formula with, full-width too, or an old macro; also behind spaces."""


def visible(text: str) -> str:
    """`text` on one line, with `�` for every character that could hide or forge something."""
    return UNFIT.sub(SHOWN, " ".join(text.split()))


def in_lines(text: str) -> str:
    """`text` with its line ends and tabs, and `�` for every other such character."""
    return UNFIT_IN_LINES.sub(SHOWN, text)


def cell(text: str) -> str:
    """`text` for a CSV file: on one line, and behind an apostrophe where a spreadsheet would run it."""
    shown = visible(text)
    return f"'{shown}" if FORMULA.match(shown) else shown

"""The barograph: columns of pressure drawn as one SVG, like the paper of a drum barograph.

Plain numbers become plain text, so that the page needs neither a script nor a chart library.
Colours are presentation attributes: by itself the drawing is on light paper, and the style sheet
of the page dims it.
"""

from .annotations import LEVEL_COLOURS, LevelMark, UncertainSpan
from .barograph import Barograph
from .curve import Column
from .description import record_words
from .scales import FRAME, SIZE
from .tendency_strip import Change, changes_3h
from .wmo_symbol import wmo_symbol

__all__ = [
    "FRAME",
    "LEVEL_COLOURS",
    "SIZE",
    "Barograph",
    "Change",
    "Column",
    "LevelMark",
    "UncertainSpan",
    "changes_3h",
    "record_words",
    "wmo_symbol",
]

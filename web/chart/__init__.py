"""The barograph: columns of pressure drawn as one SVG, like the paper of a drum barograph.

Pure text out of plain numbers, so that the page is complete without a script or a chart library.
Colours are presentation attributes: alone the drawing is light paper, in the page the style sheet
dims it.
"""

from .curve import Column
from .flags import FLAGS, Mark
from .paper import FRAME, SIZE
from .picture import barograph
from .spoken import record_words
from .symbol import wmo_symbol
from .trend import Change, changes_3h

__all__ = [
    "FLAGS",
    "FRAME",
    "SIZE",
    "Change",
    "Column",
    "Mark",
    "barograph",
    "changes_3h",
    "record_words",
    "wmo_symbol",
]

"""The barograph: columns of pressure drawn as one SVG, like the paper of a drum barograph.

Pure text out of plain numbers, so that the page is complete without a script or a chart library.
Colours are presentation attributes: alone the drawing is light paper, in the page the style sheet
dims it.
"""

from .barograph import barograph
from .curve import Column
from .description import record_words
from .flags import FLAGS, Mark
from .scales import FRAME, SIZE
from .trend import Change, changes_3h
from .wmo_symbol import wmo_symbol

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

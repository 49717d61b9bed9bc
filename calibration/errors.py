"""The one error of this room: a reading, a reference or a file that cannot be worked with."""


class CalibrationError(ValueError):
    """Numbers or a file that give no colour or no offset; the message says what and what to do.

    It is a ``ValueError`` too, so ``except ValueError`` catches it.
    """

"""Text from outside, made fit for one line of a log, a list or a page."""

MOST_LETTERS = 200


def printable(text: object, most: int = MOST_LETTERS) -> str:
    """Return the text without control characters, line breaks and bidirectional marks, cut.

    An escape sequence in a log would move the cursor of the terminal that shows it, and a line
    break would forge a line.
    """
    # Cut twice: a message may be megabytes long, and nearly all of it control characters.
    letters = "".join(letter for letter in str(text)[: 4 * most] if letter.isprintable())
    return letters if len(letters) <= most else f"{letters[: most - 1]}…"

"""A line of InfluxDB's line protocol: `measurement,tag=text field=1.5,other=2.0 1392220800`."""

from collections.abc import Mapping

# A backslash is none of these: InfluxDB takes it for itself, but at the end of a text.
_NAME = str.maketrans({",": r"\,", " ": r"\ "})
_TAG = str.maketrans({",": r"\,", " ": r"\ ", "=": r"\="})


def check_tag(key: str, text: str) -> None:
    """Raise ValueError for a text that no line can hold."""
    if not text.isprintable() or text.endswith("\\") or len(text) > 200:
        raise ValueError(f"{key} = {text!r}: printable text is wanted, with no \\ at its end")


def line(
    measurement: str, tags: Mapping[str, str], fields: Mapping[str, float], taken_at: float
) -> str:
    """Return the line; numbers are floats for ever, as one series never mixes kinds.

    taken_at: Unix seconds; sent to the second. Text must have passed check_tag().
    """
    head = measurement.translate(_NAME) + "".join(
        f",{key.translate(_TAG)}={text.translate(_TAG)}" for key, text in tags.items()
    )
    values = ",".join(f"{key.translate(_TAG)}={float(value)!r}" for key, value in fields.items())
    return f"{head} {values} {round(taken_at)}"

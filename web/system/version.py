"""The version of this program."""

from functools import cache


@cache
def version() -> str:
    """Return the installed version, or "not installed"."""
    from importlib import metadata  # 2 MB, which most recorders save

    try:
        return metadata.version("storm-petrel")
    except metadata.PackageNotFoundError:
        return "not installed"

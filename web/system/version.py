"""Which version this is."""


def version() -> str:
    """The version that is installed, in words where it is not."""
    from importlib import metadata  # 4 MB, which a logger saves

    try:
        return metadata.version("storm-petrel")
    except metadata.PackageNotFoundError:
        return "not installed"

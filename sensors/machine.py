"""Which machine this is."""

from pathlib import Path


def pi_model(root: Path = Path("/")) -> str:
    """Return what a Raspberry Pi calls itself in its device tree; "" on any other machine.

    root: where its file system begins.
    """
    try:
        model = (root / "proc/device-tree/model").read_text(errors="replace").rstrip("\0\n")
    except OSError:
        return ""
    return model if model.startswith("Raspberry Pi") else ""

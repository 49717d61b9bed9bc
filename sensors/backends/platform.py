"""What is asked of the machine: which Raspberry Pi it is."""

from pathlib import Path


def pi_model(root: Path = Path("/")) -> str:
    """Return the model of this Raspberry Pi, from its device tree; "" on any other machine."""
    try:
        model = (root / "proc/device-tree/model").read_text(errors="replace").rstrip("\0\n")
    except OSError:
        return ""
    return model if model.startswith("Raspberry Pi") else ""

"""Which machine this is."""

from pathlib import Path

MODEL = Path("/proc/device-tree/model")


def pi_model() -> str:
    """Return what a Raspberry Pi calls itself in its device tree; "" on any other machine."""
    try:
        model = MODEL.read_text(errors="replace").rstrip("\0\n")
    except OSError:
        return ""
    return model if model.startswith("Raspberry Pi") else ""

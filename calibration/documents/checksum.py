"""A checksum over what a document says, so that a change by hand does not pass unnoticed.

It guards against a slip of the finger, not against a forger: anybody can compute it.
"""

import json
from collections.abc import Collection
from typing import Any
from zlib import crc32


def checksum(document: dict[str, Any], remarks: Collection[str] = ()) -> str:
    """Return the checksum of a JSON document without itself and without the ``remarks``.

    Neither the layout nor the order of the entries matters, nor whether a number is written 1 or
    1.0: an editor that saves the file again unchanged breaks nothing.
    """
    entries = {
        name: entry for name, entry in document.items() if name not in ("checksum", *remarks)
    }
    text = json.dumps(_spelled_alike(entries), sort_keys=True, separators=(",", ":"))
    return f"crc32:{crc32(text.encode('ascii')):08x}"


def _spelled_alike(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _spelled_alike(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled_alike(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

"""An outlook as the history keeps it: JSON, and back."""

import json

from .weather import Changes, Outlook, StormLevel, Tendency


def outlook_to_json(outlook: Outlook) -> str:
    """One line of JSON."""
    tendency, changes = outlook.tendency, outlook.changes
    fields = outlook._asdict() | {
        "tendency": tendency and tendency._asdict(),
        "changes": changes and changes._asdict(),
    }
    return json.dumps(fields, ensure_ascii=False, allow_nan=False)


def outlook_from_json(text: str) -> Outlook:
    """The outlook that was made into this, by this version or an older one."""
    fields = json.loads(text)
    tendency, changes = fields["tendency"], fields.get("changes")
    return Outlook(
        **fields
        | {
            "level": StormLevel(fields["level"]),
            "reasons": tuple(fields["reasons"]),
            "tendency": tendency and Tendency(**tendency),
            "changes": changes and Changes(**changes),
        }
    )

"""An outlook as the history keeps it: JSON, and back."""

import json

from .weather import Outlook, StormLevel, Tendency


def outlook_to_json(outlook: Outlook) -> str:
    """One line of JSON."""
    tendency = outlook.tendency
    fields = outlook._asdict() | {"tendency": tendency and tendency._asdict()}
    return json.dumps(fields, ensure_ascii=False, allow_nan=False)


def outlook_from_json(text: str) -> Outlook:
    """The outlook that was made into this."""
    fields = json.loads(text)
    tendency = fields["tendency"]
    return Outlook(
        **fields
        | {
            "level": StormLevel(fields["level"]),
            "reasons": tuple(fields["reasons"]),
            "tendency": tendency and Tendency(**tendency),
        }
    )

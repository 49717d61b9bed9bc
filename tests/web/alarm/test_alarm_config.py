"""[alarm]: what is taken, and a sentence for each setting that cannot be meant."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sensors import ConfigError
from sensors.config import load_tables, section
from web.config.tables import AlarmConfig
from web.weather import StormLevel

GUIDE = Path(__file__).parents[3] / "docs" / "configuration.md"


def config(**settings: Any) -> AlarmConfig:
    tables, where = load_tables({"alarm": settings})
    return section(tables, "alarm", AlarmConfig, where)


def test_without_settings_it_sounds_from_warning_with_nothing_and_tells_nobody() -> None:
    assert config() == AlarmConfig("warning", None, "", "watch", "", "")
    assert config().sounds_from_level is StormLevel.WARNING
    assert config().notify_from_level is StormLevel.WATCH


@pytest.mark.parametrize(
    "settings",
    [
        {"sounds_from": "watch", "notify_from": "storm"},
        {"buzzer": 4},
        {"buzzer": 27},
        {"sound": "aplay -q '/home/pi/my sounds/storm.wav'"},
        {"notify_command": 'mail -s "storm" crew@example.org'},
        {"notify_url": "https://ntfy.sh/our-boat"},
        {"notify_url": "http://[fe80::1]:8123/api/webhook/storm?key=a%20b"},
    ],
)
def test_what_can_be_meant_is_taken(settings: dict[str, Any]) -> None:
    config(**settings)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sounds_from": "calm"}, "sounds_from = 'calm': choose watch, warning or storm"),
        ({"notify_from": "Gale"}, "notify_from = 'Gale': choose watch, warning or storm"),
        ({"buzzer": 3}, r"buzzer = 3: a BCM number from 4 to 27 \(GPIO0 to GPIO3 are .* I2C bus\)"),
        ({"buzzer": 28}, "buzzer = 28: "),
        ({"buzzer": "GPIO17"}, "buzzer = 'GPIO17' must be a whole number"),
        ({"sound": "aplay 'storm.wav"}, "sound = .*: No closing quotation: a command is wanted"),
        ({"sound": " "}, "sound = ' ': the command is empty"),
        ({"notify_command": "mail \\"}, "notify_command = .*: No escaped character"),
        ({"notify_url": "ntfy.sh/our-boat"}, "notify_url = .*: an address such as 'https://ntfy"),
        ({"notify_url": "file:///etc/passwd"}, "notify_url = "),
        ({"notify_url": "https://"}, "notify_url = "),
        ({"notify_url": "http://boat:99999/"}, "notify_url = "),
        ({"notify_url": "http://[boat/"}, "notify_url = "),
        ({"notify_url": "http://boat/a b"}, "notify_url = "),
        ({"notify_url": "http://boat/\r\nX: y"}, "notify_url = "),
        ({"notify_url": "http://böt/"}, "notify_url = "),
        ({"notify_url": "https://crew:secret@boat/"}, "notify_url: no name and password"),
        ({"url": "https://boat/"}, r"\[alarm\] has no key 'url'"),
        ({"acknowledged_by": ["signal-k"]}, "acknowledged_by has 'signal-k'.* signalk, mqtt"),
        ({"acknowledged_by": "mqtt"}, "must be a list of texts"),
        ({"acknowledged_by": [1]}, "must be a list of texts"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        config(**settings)
    assert str(caught.value).startswith("the configuration: [alarm] ")
    assert "secret" not in str(caught.value)


def test_the_guide_has_every_default_and_examples_that_can_be_meant() -> None:
    defaults, *examples = re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    named = tomllib.loads(defaults)["alarm"]
    assert config(**named) == AlarmConfig()
    assert named.keys() == {k for k, value in vars(AlarmConfig()).items() if value is not None}
    assert "# buzzer = " in defaults
    tables = [tomllib.loads(example) for example in examples]
    assert len([config(**table["alarm"]) for table in tables if "alarm" in table]) == 2

"""The publishers that the settings ask for; the others are not loaded."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from sensors.errors import ConfigError

from ..alarm.drill import Way
from ..config.publishers import (
    InfluxConfig,
    MatrixConfig,
    MqttConfig,
    NmeaConfig,
    PublisherConfig,
    SignalKConfig,
)
from ..config.settings import Config
from ..recorder.conditions import Conditions, ConditionsFeed
from .publisher import (
    AlarmPublisher,
    Publisher,
    PublisherThread,
    PublisherWay,
    StationContext,
)

PublisherFactory = Callable[[StationContext], Publisher]


def publishers_of(config: Config) -> list[PublisherFactory]:
    """Return a factory for each publisher with a table. Raises ConfigError; opens nothing."""
    factories: list[PublisherFactory] = []
    for name, table in config.publishers.items():
        try:
            factories.append(_publisher_of(table, config))
        except ValueError as error:
            raise ConfigError(f"{config.where}: [{name}] {error}") from error
    return factories


def _publisher_of(table: PublisherConfig, config: Config) -> PublisherFactory:
    match table:
        case SignalKConfig():
            from .signalk import publisher as signal_k

            return signal_k.publisher_of(table, config.history.file)
        case NmeaConfig():
            from .nmea import publisher as nmea

            return nmea.publisher_of(table)
        case MqttConfig():
            from .mqtt import publisher as mqtt

            return mqtt.publisher_of(table)
        case InfluxConfig():
            from . import influx

            return influx.publisher_of(table)
        case MatrixConfig():
            from .matrix import publisher as matrix

            return matrix.publisher_of(table)


@contextmanager
def publisher_threads(
    publishers: Mapping[str, Publisher],
    feed: ConditionsFeed,
    correct: Callable[[Conditions], Conditions],
) -> Iterator[dict[str, Way]]:
    """Publish all conditions, each publisher in its own thread, until the block ends.

    publishers: by the names of their tables. Yields those of the alarm as ways of a drill.
    """
    ways: dict[str, Way] = {}
    with ExitStack() as threads:
        for name, publisher in publishers.items():
            thread = threads.enter_context(PublisherThread(publisher, correct=correct))
            feed.subscribe(thread.put)
            if isinstance(publisher, AlarmPublisher):
                ways[name] = PublisherWay(publisher, thread)
        yield ways

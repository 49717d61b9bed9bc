"""An application on a port, by the program's own server with its limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from waitress.wasyncore import close_all

from web.pages.port import Port
from web.pages.server import PageServer


@contextmanager
def serving(app: Flask) -> Iterator[int]:
    """Serve on a free port of this machine, which is told."""
    with Port("127.0.0.1", 0) as port:
        waitress = PageServer(app, port.socket)
        thread = Thread(target=waitress.run)
        thread.start()
        try:
            yield int(waitress.effective_port)
        finally:
            waitress.task_dispatcher.shutdown()  # answers under way end first
            # A browser that keeps its connection is not waited for.
            waitress.trigger.pull_trigger(lambda: close_all(waitress._map, ignore_all=True))
            thread.join()

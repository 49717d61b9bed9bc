"""An HTTP request that goes where it is sent, within a time, and to no other place.

http.client follows no redirects and knows no proxies, as urllib.request does of its own accord.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

_HEADERS = {"Content-Type": "application/json", "User-Agent": "storm-petrel"}
_HEARD = 400  # bytes of the answer


class HttpStatusError(OSError):
    """It was answered, and not with 2xx. said: how the answer begins."""

    def __init__(self, status: int, words: str, said: str) -> None:
        super().__init__(words)
        self.status, self.said = status, said


def http_post(
    url: str, body: bytes, timeout_s: float, headers: Mapping[str, str] | None = None
) -> None:
    """Post a JSON body, and return when it was answered with a status of 2xx.

    Like http_request(); HttpStatusError for any other status.
    """
    with http_request("POST", url, body, timeout_s, headers) as answer:
        status, reason = answer.status, answer.reason
        # Of a good answer the status is enough: what follows it is not waited for.
        good = 200 <= status < 300
        said = "" if good else _plain(answer.read(_HEARD).decode(errors="replace"))
    if 300 <= status < 400:
        words = f"it answers {status} and sends on to another address: give that one"
        raise HttpStatusError(status, words, said)
    if not good:
        raise HttpStatusError(status, f"it answers {status} {_plain(reason)}", said)


@contextmanager
def http_request(
    method: str,
    url: str,
    body: bytes | None,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
) -> Iterator[HTTPResponse]:
    """Send a JSON body, if any, and yield the answer, to be read within the block.

    url: http or https. timeout_s: for the connection, and then for the answer. headers: besides
    the usual, or in their place. Raises OSError with the reason in words.
    """
    parts = urlsplit(url)
    cls = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = cls(parts.hostname or "", parts.port, timeout=timeout_s)
    path = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
    try:
        connection.connect()
        with cut_after(timeout_s, connection.sock):
            connection.request(method, path, body, {**_HEADERS, **(headers or {})})
            with connection.getresponse() as answer:
                yield answer
    except TimeoutError as error:
        raise OSError(f"no answer within {timeout_s:g} s") from error
    except (HTTPException, ValueError) as error:
        raise OSError(f"it does not answer in HTTP: {_plain(repr(error))}") from error
    finally:
        connection.close()


@contextmanager
def cut_after(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Cut the connection when the block lasts longer, and raise TimeoutError in its place.

    The socket's own timeout begins anew with each byte that comes.
    """
    is_late = threading.Event()

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            # Below TLS, which another thread is reading from.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if is_late.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if is_late.is_set():  # what was cut off can look like an answer
        raise TimeoutError


def _plain(text: str) -> str:
    """What a stranger wrote, fit for a log."""
    return "".join(c for c in text if c.isprintable())[:100]

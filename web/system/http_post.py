"""HTTP requests with a time limit, only to the given address.

http.client follows no redirects and uses no proxies; urllib.request would.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

_HEADERS = {"Content-Type": "application/json", "User-Agent": "storm-petrel"}
_BODY_BYTES = 400  # of an error


class HttpStatusError(OSError):
    """The answer has no status of 2xx. body: its beginning."""

    def __init__(self, status: int, message: str, body: str) -> None:
        super().__init__(message)
        self.status, self.body = status, body


def http_post(
    url: str, body: bytes, timeout_s: float, headers: Mapping[str, str] | None = None
) -> None:
    """Post a JSON body. Raises HttpStatusError unless the status is 2xx; see http_request()."""
    with http_request("POST", url, body, timeout_s, headers) as answer:
        status = answer.status
        if 200 <= status < 300:  # do not wait for the body
            return
        message = f"it answers {status} {_printable(answer.reason)}"
        if 300 <= status < 400:
            message = f"it answers {status} and redirects to another address: configure that one"
        beginning = _printable(answer.read(_BODY_BYTES).decode(errors="replace"))
    raise HttpStatusError(status, message, beginning)


@contextmanager
def http_request(
    method: str,
    url: str,
    body: bytes | None,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
) -> Iterator[HTTPResponse]:
    """Send a JSON body, if any, and yield the answer, to be read within the block.

    url: http or https. timeout_s: for the connection, and again for the answer. headers: added to
    the usual ones, or replacing them. Raises OSError with the reason.
    """
    parts = urlsplit(url)
    cls = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = cls(parts.hostname or "", parts.port, timeout=timeout_s)
    path = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
    try:
        connection.connect()
        with _time_limit(timeout_s, connection.sock):
            connection.request(method, path, body, {**_HEADERS, **(headers or {})})
            with connection.getresponse() as answer:
                yield answer
    except TimeoutError as error:
        raise OSError(f"no answer within {timeout_s:g} s") from error
    except (HTTPException, ValueError) as error:
        raise OSError(f"it does not answer in HTTP: {_printable(repr(error))}") from error
    finally:
        connection.close()


@contextmanager
def _time_limit(seconds: float, connected: socket.socket) -> Iterator[None]:
    """Close the connection if the block lasts longer, and raise TimeoutError.

    The socket's own timeout restarts with each byte.
    """
    is_late = threading.Event()

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            # Not ssl.SSLSocket.shutdown(): another thread reads from that.
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
    if is_late.is_set():  # a truncated answer can look complete
        raise TimeoutError


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:100]

"""HTTP requests with limits in time and size, only to the given address.

http.client follows no redirects and uses no proxies; urllib.request would.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from typing import Any
from urllib.parse import urlsplit

from .connection import connect, time_limit
from .printable import printable

# Of an answer, with its headers, of which http.client would take megabytes.
MOST_BYTES = 65536
_HEADERS = {"Content-Type": "application/json", "User-Agent": "storm-petrel"}
_ERROR_BYTES = 400


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
        message = f"it answers {status} {printable(answer.reason, 100)}"
        if 300 <= status < 400:
            message = f"it answers {status} and redirects to another address: configure that one"
        beginning = printable(answer.read(_ERROR_BYTES).decode(errors="replace"), 100)
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

    url: http or https. timeout_s: for the name, for the connection, and again for the answer.
    headers: added to the usual ones, or replacing them. Raises OSError with the reason, and for an
    answer of more than MOST_BYTES.
    """
    parts = urlsplit(url)
    cls = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = cls(parts.hostname or "", parts.port, timeout=timeout_s)
    connection.response_class = _BoundedAnswer
    path = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
    try:
        connection.sock = connect(connection.host, connection.port, timeout_s)
        with time_limit(timeout_s, connection.sock):
            if isinstance(connection, HTTPSConnection):
                connection.sock = _with_tls(connection)
            connection.request(method, path, body, {**_HEADERS, **(headers or {})})
            with connection.getresponse() as answer:
                yield answer
    except TimeoutError as error:
        raise OSError(f"no answer within {timeout_s:g} s") from error
    except (HTTPException, ValueError) as error:
        raise OSError(f"it does not answer in HTTP: {printable(repr(error), 100)}") from error
    finally:
        connection.close()


def body_of(answer: HTTPResponse) -> bytes:
    """Return the body. Raises OSError if it is, or says that it is, of more than MOST_BYTES."""
    if (answer.length or 0) > MOST_BYTES:
        raise OSError(f"it answers with {answer.length} bytes")
    return answer.read(MOST_BYTES)  # without a number, memory is taken for what a chunk announces


def _with_tls(connection: HTTPSConnection) -> Any:
    import ssl

    context = ssl.create_default_context()
    return context.wrap_socket(connection.sock, server_hostname=connection.host)


class _BoundedAnswer(HTTPResponse):
    """An answer that ends with an OSError after MOST_BYTES, headers and all."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fp = BufferedReader(_BoundedStream(self.fp))


class _BoundedStream(RawIOBase):
    def __init__(self, stream: BufferedReader) -> None:
        self._stream, self._left = stream, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        count = self._stream.readinto1(buffer)
        self._left -= count
        if self._left < 0:
            raise OSError(f"it answers with more than {MOST_BYTES} bytes")
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()

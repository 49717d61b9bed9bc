"""The token for a secured Signal K server: requested, approved by the owner, stored.

no token -> request (own client id) -> the owner approves at the server -> token -> stored (0600)
"""

import json
import logging
import time
import uuid
from math import inf
from pathlib import Path
from typing import Any

from ...system.http_post import body_of, http_request
from ...system.printable import printable
from ...system.private_files import private_file
from ...system.side_files import Loss, SideFile, SideFiles

log = logging.getLogger(__name__)

_TIMEOUT_S = 10.0
_MOST_LETTERS = 4096  # of a token, or of the path of a request
# A server that forgets each request makes neither a warning nor a file at each try.
_AGAIN_S = 600.0
_DESCRIPTION = "Storm Petrel, barometer"
_TOKEN_LOSS = Loss("access to Signal K is asked for again, and its owner has to approve it again")
_REQUEST_LOSS = Loss("access to Signal K is asked for again; approve the newest request")
_UNWRITTEN = Loss("access to Signal K holds until the next start, and is then asked for again")
_DENIED = "the server's owner denied access; restart Storm Petrel to ask again"


class AccessRequest:
    """Gets the token for a server. file: where the token is, or is stored once approved.

    The request is stored beside it, so that a restart does not ask twice. timeout_s: for each
    answer. files: watch over both files.
    """

    def __init__(
        self,
        host: str,
        port: int,
        file: Path,
        *,
        timeout_s: float = _TIMEOUT_S,
        files: SideFiles | None = None,
    ) -> None:
        self._at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._timeout_s = timeout_s
        files, request = files or SideFiles(), file.with_name(f"{file.name}.asked")
        self._token = SideFile(files, file, _read, _write, _TOKEN_LOSS, _UNWRITTEN)
        self._request = SideFile(files, request, _read, _write, _REQUEST_LOSS, _UNWRITTEN)
        self._is_denied = False
        self._requested_at = -inf

    def token(self) -> str:
        """Return the token; "" if the server needs none.

        Raises OSError: the server is down, or its owner has not approved yet, or has refused.
        """
        if token := self._token.reload():
            return token
        status, body = self._send("GET", "/skServer/loginStatus")
        # Other servers than the Node one have neither this address nor this kind of security.
        if status != 200 or not body.get("authenticationRequired"):
            return ""
        if self._is_denied:  # do not ask the owner twice a minute
            raise PermissionError(_DENIED)
        href = self._request.reload() or self._request_access()
        status, body = self._send("GET", href)
        if status != 200:  # a restarted server forgets its requests
            self._request.delete()
            raise PermissionError("the server has forgotten the request for access")
        if body.get("state") != "COMPLETED":
            raise PermissionError("the server's owner has not approved it yet")
        access = body.get("accessRequest")
        token = access.get("token") if isinstance(access, dict) else None
        if not isinstance(token, str) or not _is_sound(token):
            self._is_denied = True
            self._request.delete()
            raise PermissionError(_DENIED)
        self._token.keep(token)
        self._request.delete()
        log.info("Signal K at %s gave access; the token is in %s", self._at, self._token.path)
        return token

    def refusal(self) -> str:
        """Return what to do when the server refuses the token; one that was cut is set aside."""
        path = self._token.path
        try:
            is_whole = path.read_bytes().endswith(b"\n")
        except OSError:
            is_whole = True
        if not is_whole:
            self._token.reject(ValueError("it is cut short, and the server refuses it"))
            return f"the server refuses the token that was in {path}: access is asked for again"
        return f"the server refuses the token in {path}: delete the file to ask for access"

    def _request_access(self) -> str:
        """Return the path at which the server tells what became of the request."""
        if time.monotonic() - self._requested_at < _AGAIN_S:
            raise PermissionError("the server has forgotten the request; it is asked again later")
        self._requested_at = time.monotonic()
        status, body = self._send(
            "POST",
            "/signalk/v1/access/requests",
            {"clientId": client_id(), "description": _DESCRIPTION, "permissions": "readwrite"},
        )
        href = body.get("href")
        if status != 202 or not isinstance(href, str) or href[:1] != "/" or not _is_sound(href):
            reason = printable(body.get("message") or f"it answers {status}")
            raise PermissionError(f"the server takes no request for access: {reason}")
        self._request.keep(href)
        log.warning(
            "Signal K at %s: please approve %r (%s) with read/write in the server's"
            " Security > Access Requests",
            self._at,
            _DESCRIPTION,
            client_id(),
        )
        return href

    def _send(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        """Return status and JSON object of the answer; {} if it holds none."""
        data = None if body is None else json.dumps(body).encode()
        url = f"http://{self._at}{path}"
        with http_request(method, url, data, self._timeout_s) as answer:
            text = body_of(answer)
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):  # RecursionError: endless brackets
            parsed = {}
        return answer.status, parsed if isinstance(parsed, dict) else {}


def _is_sound(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text and len(text) < _MOST_LETTERS


def client_id() -> str:
    """Return the UUID of this machine, which never changes."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except OSError:
        machine = ""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"storm-petrel.{machine or uuid.getnode()}"))


def _read(path: Path) -> str:
    """Return the line of a file. Raises OSError, ValueError."""
    text = path.read_text(encoding="ascii").strip()
    if not text or not text.isprintable() or " " in text:
        raise ValueError("it holds no token")
    return text


def _write(path: Path, text: str) -> None:
    with private_file(path, text) as new:
        new.replace(path)

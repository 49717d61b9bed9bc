"""The token that a Signal K server with security wants: asked for, approved by the owner, kept.

no token -> ask (own client id) -> the owner approves at the server -> token -> kept (0600)
"""

import json
import logging
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from ...system.http_post import http_request
from ...system.private_files import private_file

log = logging.getLogger(__name__)

_WAIT_S = 10.0
_LONGEST_ANSWER = 65536
_DESCRIPTION = "Storm Petrel, barometer"
_DENIED = "the server's owner denied access; start Storm Petrel anew, and it asks again"


class _Answer(NamedTuple):
    status: int
    body: dict[str, Any]


class AccessRequest:
    """Gives the token for a server. file: where it is, or is kept once the owner has approved.

    What was asked for is kept beside it, so that a restart does not ask twice. wait_s: for each
    answer.
    """

    def __init__(self, host: str, port: int, file: Path, *, wait_s: float = _WAIT_S) -> None:
        self._at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._file, self._wait_s = file, wait_s
        self._asked = file.with_name(f"{file.name}.asked")
        self._is_denied = False

    def token(self) -> str:
        """The token; empty where the server wants none.

        Raises OSError: nobody is there, or the owner has not approved yet, or has refused.
        """
        kept = self._read(self._file)
        if kept:
            return kept
        if not self._is_wanted():
            return ""
        if self._is_denied:  # nobody is to be asked twice a minute
            raise PermissionError(_DENIED)
        href = self._read(self._asked) or self._ask()
        answer = self._request("GET", href)
        if answer.status != 200:  # a server forgets with a restart who asked
            self._asked.unlink(missing_ok=True)
            raise PermissionError("the server does not know of having been asked for access")
        if answer.body.get("state") != "COMPLETED":
            raise PermissionError("the server's owner has not approved it yet")
        self._asked.unlink(missing_ok=True)
        access = answer.body.get("accessRequest")
        token = access.get("token") if isinstance(access, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            self._is_denied = True
            raise PermissionError(_DENIED)
        _keep(self._file, token)
        log.info("Signal K at %s gave access; the token is in %s", self._at, self._file)
        return token

    def refusal(self) -> str:
        """What to do when the server refuses the token."""
        return (
            f"the server refuses the token in {self._file}: delete that file, and access is asked"
            " for anew"
        )

    def _is_wanted(self) -> bool:
        answer = self._request("GET", "/skServer/loginStatus")
        # Servers other than the Node one have no such address, and no such security.
        return answer.status == 200 and bool(answer.body.get("authenticationRequired"))

    def _ask(self) -> str:
        answer = self._request(
            "POST",
            "/signalk/v1/access/requests",
            {"clientId": client_id(), "description": _DESCRIPTION, "permissions": "readwrite"},
        )
        href = answer.body.get("href")
        if answer.status != 202 or not isinstance(href, str) or not href.startswith("/"):
            said = str(answer.body.get("message") or f"it answers {answer.status}")
            raise PermissionError(f"the server takes no request for access: {said[:200]}")
        _keep(self._asked, href)
        log.warning("Signal K at %s: %s", self._at, self._please())
        return href

    def _please(self) -> str:
        return (
            f"please approve {_DESCRIPTION!r} ({client_id()}) with read/write in the server's"
            " Security > Access Requests"
        )

    def _request(self, method: str, path: str, body: object = None) -> _Answer:
        sent = None if body is None else json.dumps(body).encode()
        url = f"http://{self._at}{path}"
        with http_request(method, url, sent, self._wait_s) as answer:
            text = answer.read(_LONGEST_ANSWER)
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):  # no JSON, or brackets without end
            said = {}
        return _Answer(answer.status, said if isinstance(said, dict) else {})

    def _read(self, path: Path) -> str:
        try:
            text = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise OSError(f"{path} holds no token: delete it, and access is asked for") from error
        if not text.isprintable() or " " in text:
            raise OSError(f"{path} holds no token: delete it, and access is asked for")
        return text


def client_id() -> str:
    """What this machine is known by, the same for ever."""
    try:
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except OSError:
        machine = ""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"storm-petrel.{machine or uuid.getnode()}"))


def _keep(path: Path, text: str) -> None:
    with private_file(path, text) as new:
        new.replace(path)

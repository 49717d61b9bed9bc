"""Access rules: anyone may read, if the Host header names this machine; writing needs the token."""

import logging

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from .host_check import HostNames
from .tokens import Tokens

log = logging.getLogger(__name__)

_HOW = "The Pi shows it with: scripts/dashboard --token"
_NO_TOKEN = f"Anyone can view this page. Changing it needs the token. {_HOW}"
_WRONG_TOKEN = f"That is not the token of this machine. {_HOW}"


def check_host(hosts: HostNames) -> None:
    """Refuse a request for another machine (403)."""
    if not hosts.includes(request.headers.get("Host")):
        raise Forbidden(
            "This machine does not go by the name in the address. Open it by its number, as in"
            " http://192.168.1.5:8080/, or add the name to [page] names in the settings."
        )


def check_token(tokens: Tokens) -> None:
    """Refuse a request without a token (401), and slow a client that tries wrong ones (429)."""
    header = request.headers.get("Authorization")
    name = tokens.name_of(header)
    if name is None:
        if not header:
            raise Unauthorized(_NO_TOKEN)
        wait_s = tokens.wrong.count(request.remote_addr or "an unknown address")
        if wait_s:
            raise TooManyRequests(_WRONG_TOKEN, retry_after=wait_s)
        raise Unauthorized(_WRONG_TOKEN)
    if request.method == "POST" and request.endpoint != "access.check":
        log.info("%s with the token %r", request.path, name)
    g.token_name = name


def token_name() -> str:
    """Return the name of the token that this request was checked for."""
    return str(g.token_name)


def token_routes(tokens: Tokens) -> Blueprint:
    """Return the route that checks the token of a page."""
    access = Blueprint("access", __name__)

    @access.post("/api/token")
    def check() -> Response:
        check_token(tokens)
        return Response(status=204)

    return access

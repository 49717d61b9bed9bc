"""`--token`, `token add`, `token list`, `token revoke`: the tokens of the page."""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path

from calibration.errors import CalibrationError

from ..pages.security.invitation import invitation
from ..pages.security.token import FIRST, TokenError, stored_token_of
from ..pages.security.token_list import TokenList, add_token, list_path, read_list, revoke_token


def run_token_command(words: Sequence[str], path: Path, host: str, port: int) -> None:
    """Run a command, as in ("token", "add", "Anna"); a page that runs notices by itself.

    path: of the first token. Raises TokenError, OSError.
    """
    try:
        match words:
            case (_, "add", name):
                print(invitation(add_token(path, name, _user()), host, port), flush=True)
            case (_, "revoke", name):
                successor = revoke_token(path, name, _user())
                print(f"The token {name!r} is revoked.", flush=True)
                if successor is not None:
                    print(f"\n{invitation(successor, host, port)}", flush=True)
            case (_, "list"):
                _print_list(path)
            case _:
                print(invitation(stored_token_of(path), host, port), flush=True)
    except CalibrationError as error:
        raise TokenError(str(error)) from error


def _print_list(path: Path) -> None:
    print(f"{FIRST:<42}kept in {path}")
    file = list_path(path)
    content = read_list(file) if os.path.lexists(file) else TokenList()
    for token in content.tokens:
        print(f"{token.name:<42}added {token.made_at}")


def _user() -> str:
    """Return the name of the person at the terminal, also behind sudo."""
    try:
        return os.getlogin()
    except OSError:  # no terminal
        return pwd.getpwuid(os.getuid()).pw_name

"""The tokens of a page that runs: which of them a request has, and what changed in their files."""

import hmac
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from ...system.side_files import Loss, SideFile, SideFiles
from .token import Token, bearer_of
from .token_list import TokenList, digest_of, forget_news, list_path, read_list, write_list
from .wrong_tokens import WrongTokens

log = logging.getLogger(__name__)

_LOSS = Loss("the tokens that were added are lost and work no more; add them again with: token add")


class Tokens:
    """The first token and those that were added. For any thread.

    A token that was revoked ends at the next request that needs one. files: watch over the list.
    happened: takes a sentence for the list of what happened. wrong: counts wrong tokens.
    """

    def __init__(
        self,
        first: Token,
        files: SideFiles | None = None,
        happened: Callable[[str], object] = lambda words: None,
    ) -> None:
        self.wrong = WrongTokens(happened)
        self._first, self._happened = first, happened
        self._file = _ListFile(files or SideFiles(), list_path(first.path), self.refresh)
        self._content, self._stamps = TokenList(), ((0, 0), (0, 0))
        self._lock = Lock()
        self.refresh()

    def includes(self, header: str | None) -> bool:
        """Return whether an Authorization header has a token, by what is in memory."""
        return self._known(header) is not None

    def name_of(self, header: str | None) -> str | None:
        """Return the name of the token in an Authorization header; None if it has no token."""
        self.refresh()
        return self._known(header)

    def _known(self, header: str | None) -> str | None:
        name, digest = None, digest_of(bearer_of(header))
        for token in self._content.tokens:  # all of them: the time tells nothing
            if hmac.compare_digest(token.sha256.encode(), digest.encode()):
                name = token.name
        return self._first.name if self._first.matches(header) else name

    def refresh(self) -> None:
        """Read files that were changed, and write down what changed."""
        with self._lock:
            stamps = _stamp(self._first.path), _stamp(self._file.path)
            if stamps == self._stamps:
                return
            self._stamps, before = stamps, self._content
            self._first = self._first.reloaded()
            self._content = self._file.load() or TokenList()
            news = tuple(words for words in self._content.news if words not in before.news)
        for words in news:
            log.info("%s", words)
            self._happened(words)
        if news:
            try:
                forget_news(self._file.path, news)
            except (OSError, ValueError) as error:  # the next start writes them down once more
                log.warning("%s", error)


class _ListFile(SideFile[TokenList]):
    """The list; never written again from memory, where a token may be that was revoked."""

    def __init__(self, files: SideFiles, path: Path, refresh: Callable[[], None]) -> None:
        super().__init__(files, path, read_list, write_list, _LOSS, _LOSS)
        self._refresh = refresh

    def check(self) -> None:
        self._refresh()


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_ino, status.st_mtime_ns

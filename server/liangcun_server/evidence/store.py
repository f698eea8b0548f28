"""Where the files are kept: a folder by default, or any object store that obstore knows by its address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from liangcun_server.evidence.model import EvidenceLost, EvidenceUnavailable
from liangcun_standards.text import Text


class FileStore:
    """Files by their content: the same content is kept once, and what is kept never changes.

    `address` is a folder, or a URL such as s3://bucket/prefix, whose credentials are in the environment.
    Nothing is opened until the first file.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._opened: Any = None

    def _store(self) -> Any:
        if self._opened is None:
            # Imported when first needed: most commands keep no file.
            from obstore.store import LocalStore, from_url

            try:
                if "://" in self._address:
                    self._opened = from_url(self._address)
                else:
                    self._opened = LocalStore(prefix=str(Path(self._address).resolve()), mkdir=True)
            except Exception as error:
                raise _unavailable(error) from error
        return self._opened

    async def put(self, digest: str, extension: str, data: bytes) -> None:
        """Keep a file whole, unless it is there. Raises EvidenceUnavailable."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            await obstore.put_async(self._store(), _path(digest, extension), data, mode="create")
        except AlreadyExistsError:
            return
        except EvidenceUnavailable:
            raise
        except Exception as error:  # each store fails in its own way
            raise _unavailable(error) from error

    async def get(self, digest: str, extension: str) -> bytes:
        """A file. Raises EvidenceUnavailable, and for one that is lost EvidenceLost."""
        import obstore
        from obstore.exceptions import NotFoundError

        try:
            found = await obstore.get_async(self._store(), _path(digest, extension))
            return bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise EvidenceLost(_told(error)) from error
        except EvidenceUnavailable:
            raise
        except Exception as error:
            raise _unavailable(error) from error


def _path(digest: str, extension: str) -> str:
    return f"{digest[:2]}/{digest[2:]}.{extension}"


def _unavailable(error: Exception) -> EvidenceUnavailable:
    return EvidenceUnavailable(_told(error))


def _told(error: Exception) -> Text:
    told = " ".join(str(error).split())[:200]
    return Text(
        f"佐证材料的存放处用不了（LIANGCUN_EVIDENCE_STORE）：{told}",
        f"the place where evidence is kept fails (LIANGCUN_EVIDENCE_STORE): {told}",
    )

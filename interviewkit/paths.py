"""Where everything is on disk, and the one way in which a file is written.

Directories are private (0700), files are private (0600). A file is written beside its place, forced
to the disk, and renamed over it, so that a kill or a full disk leaves the old file or the new one.
"""

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import platformdirs

from interviewkit.errors import StorageError

CACHE_VARIABLE = "INTERVIEWKIT_CACHE"
DATA_VARIABLE = "INTERVIEWKIT_DATA"
RUNTIME_VARIABLE = "INTERVIEWKIT_RUNTIME"
STATE_VARIABLE = "INTERVIEWKIT_STATE"
STUDY_FILE = "study.yaml"
STUDY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
STRIKING = ".striking.partial"
BESIDE = re.compile(r"(sent|translation(?:-[a-z0-9]{2,8})+)-[0-9]+\.(?:json|age)$")


def cache_dir() -> Path:
    """The user's cache for weights, shared by all studies; `INTERVIEWKIT_CACHE` moves it."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("interviewkit"))


def data_dir() -> Path:
    """The user's own keys, by study, outside of every study; `INTERVIEWKIT_DATA` moves it."""
    return Path(os.environ.get(DATA_VARIABLE) or platformdirs.user_data_dir("interviewkit"))


def study_data_dir(study: str) -> Path:
    """What this computer keeps of a study outside of it; StorageError for an id that would lead elsewhere."""
    if not STUDY_ID.fullmatch(study):
        raise StorageError(
            "The study's id is not one that interviewkit gives.",
            "Ask whoever gave you the study for a new copy.",
        )
    return data_dir() / "studies" / study


def runtime_dir() -> Path:
    """Where recorders listen: private to the user, gone after a restart; `INTERVIEWKIT_RUNTIME` moves it."""
    if place := os.environ.get(RUNTIME_VARIABLE):
        return Path(place)
    if place := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(place) / "interviewkit"
    user = f"-{os.getuid()}" if os.name == "posix" else ""
    return Path(tempfile.gettempdir()) / f"interviewkit{user}"


def state_dir() -> Path:
    """What this computer remembers for the user, whatever the study; `INTERVIEWKIT_STATE` moves it."""
    return Path(os.environ.get(STATE_VARIABLE) or platformdirs.user_state_dir("interviewkit"))


def own_runtime_dir() -> Path:
    """`runtime_dir`, made where it is missing; StorageError where other accounts could look in."""
    folder = runtime_dir()
    private_dir(folder)
    check_private(folder)
    return folder


def check_private(folder: Path) -> None:
    """Somebody else's folder would let them listen in and stop recordings; raises StorageError."""
    if os.name == "posix":
        found = folder.stat()
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise StorageError(
                f"{folder} is open to other accounts of this computer.",
                f"Remove it, or choose another place: export {RUNTIME_VARIABLE}=FOLDER",
            )


def user_settings_file() -> Path:
    """The user's own settings, for all studies."""
    return Path(platformdirs.user_config_dir("interviewkit")) / "settings.toml"


class StudyPaths:
    """The files of one study; the only place that knows their names."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def config(self) -> Path:
        """What the study is."""
        return self.root / STUDY_FILE

    @property
    def index(self) -> Path:
        """Numbers, states and times of everything; rebuilt from the rest when missing."""
        return self.root / "study.json"

    @property
    def lock(self) -> Path:
        """Held while a document changes."""
        return self.root / ".study.lock"

    @property
    def forms(self) -> Path:
        """Information sheets and statements, a file per version."""
        return self.root / "forms"

    def frozen_form(self, form: str) -> Path:
        """A form as it was shown when it was first answered; `sha256sum` of it is what consents name."""
        return self.forms / f"{form}.txt"

    @property
    def schedules(self) -> Path:
        """The interview guides."""
        return self.root / "schedules"

    @property
    def keys(self) -> Path:
        """Public keys: of the study, of its people, of its participants."""
        return self.root / "keys"

    @property
    def devices(self) -> Path:
        """The public keys of the computers that work on the study."""
        return self.keys / "devices"

    @property
    def audit(self) -> Path:
        """What was done, by whom and when: a chain of signed entries for each computer."""
        return self.root / "audit"

    def chain(self, device: str) -> Path:
        """The chain of one computer."""
        return self.audit / f"{device}.jsonl"

    @property
    def checkpoint(self) -> Path:
        """The last checkpoint of all chains that this computer made, as text: to be sent away."""
        return self.audit / "checkpoint.txt"

    @property
    def exports(self) -> Path:
        """What was handed on."""
        return self.root / "exports"

    def new_export(self, name: str, suffix: str) -> Path:
        """A new file in the exports, dated: what was handed on earlier is not replaced."""
        plain = self.exports / f"{datetime.now().astimezone().date().isoformat()}-{name}{suffix}"
        number, place = 2, plain
        while place.exists():
            place = plain.with_stem(f"{plain.stem}-{number}")
            number += 1
        return place

    @property
    def people(self) -> Path:
        """A folder per participant."""
        return self.root / "people"

    @property
    def recordings(self) -> Path:
        """A folder per interview."""
        return self.root / "recordings"

    @property
    def transcripts(self) -> Path:
        """A folder per interview."""
        return self.root / "transcripts"

    def participant(self, participant: str) -> Path:
        """Number, group and jurisdiction; nothing personal."""
        return self.people / participant / "participant.json"

    def consent(self, participant: str, suffix: str) -> Path:
        """The participant's consent events."""
        return self.people / participant / f"consent{suffix}"

    def incidents(self, participant: str, suffix: str) -> Path:
        """What happened in calls with the participant and who was told; kept apart from interviews."""
        return self.people / participant / f"incidents{suffix}"

    def contact(self, participant: str, suffix: str) -> Path:
        """How the participant is reached, and what came of it so far."""
        return self.people / participant / f"contact{suffix}"

    def rights(self, participant: str) -> Path:
        """Whether the participant is frozen, and what was asked for of erasure: kinds and times, readable."""
        return self.people / participant / "rights.json"

    def right(self, participant: str, note: str, suffix: str) -> Path:
        """Who did one of these things, and why."""
        return self.people / participant / f"right-{note}{suffix}"

    def tombstone(self, participant: str) -> Path:
        """What is left of a participant who was erased; readable."""
        return self.people / participant / "tombstone.json"

    @property
    def export_register(self) -> Path:
        """Whose words each export holds."""
        return self.exports / "register.json"

    @property
    def export_places(self) -> Path:
        """Where exports were written, a document each."""
        return self.exports / "places"

    def export_place(self, export: str, suffix: str) -> Path:
        """Where one export was written."""
        return self.export_places / f"{export}{suffix}"

    def clip(self, participant: str, recording: str) -> Path:
        """What was said while the participant gave a consent."""
        return self.people / participant / f"clip-{recording}.tar"

    def unplaced_clip(self, participant: str, recording: str) -> Path:
        """The same before the consent is on record: a moment, or what a kill left of it."""
        return self.people / participant / f"clip-{recording}.tar.partial"

    def scan(self, participant: str, scan: str, media: str, sealed: str) -> Path:
        """A picture of a signed form; `sealed` is what sealing adds to a file's name."""
        return self.people / participant / f"scan-{scan}.{media}{sealed}"

    def unplaced_scan(self, place: Path) -> Path:
        """The same before it is on record."""
        return place.with_name(f"{place.name}.partial")

    def interview(self, interview: str) -> Path:
        """Calls and marks: ids and frames, readable."""
        return self.recordings / interview / "interview.json"

    def audio(self, interview: str, call: int) -> Path:
        """The recording of one call."""
        return self.recordings / interview / f"audio-{call}.tar"

    def notes(self, interview: str, call: int, suffix: str) -> Path:
        """What was typed during one call."""
        return self.recordings / interview / f"notes-{call}{suffix}"

    def wrap_up(self, interview: str, call: int, suffix: str) -> Path:
        """What the interviewer said of one call right after it."""
        return self.recordings / interview / f"wrapup-{call}{suffix}"

    def unfinished_audio(self, interview: str, recording: str) -> Path:
        """A recording that is being written, or that a kill left; its call has no number yet."""
        return self.recordings / interview / f"audio-{recording}.tar.partial"

    def incoming_audio(self, interview: str, recording: str) -> Path:
        """A sound file that is being brought in; what a kill leaves of it is nobody's and is removed."""
        return self.recordings / interview / f"incoming-{recording}.tar.partial"

    def journal(self, interview: str, recording: str) -> Path:
        """What is known of a recording while it is being made; gone when it has become a call."""
        return self.recordings / interview / f"audio-{recording}.journal"

    def raw(self, interview: str, call: int, suffix: str) -> Path:
        """What the machine heard in one call."""
        return self.transcripts / interview / f"raw-{call}{suffix}"

    def checked(self, interview: str, call: int, suffix: str) -> Path:
        """What people made of that: the checked transcript of one call."""
        return self.transcripts / interview / f"checked-{call}{suffix}"

    def released(self, interview: str, call: int, suffix: str) -> Path:
        """The text of one call as analysts read it."""
        return self.transcripts / interview / f"released-{call}{suffix}"

    def timing(self, interview: str, call: int, suffix: str) -> Path:
        """When each word of that is heard."""
        return self.transcripts / interview / f"timing-{call}{suffix}"

    def units(self, interview: str, suffix: str, layer: str = "") -> Path:
        """The meaning units of an interview; with `layer`, those of somebody who codes for themselves."""
        name = f"layer-{layer}" if layer else "units"
        return self.transcripts / interview / f"{name}{suffix}"

    def pseudonyms(self, participant: str, suffix: str) -> Path:
        """What stands for whom in the participant's released transcripts."""
        return self.people / participant / f"pseudonyms{suffix}"

    def known(self, participant: str, suffix: str) -> Path:
        """Names and numbers of the participant that are known before anything is heard."""
        return self.people / participant / f"known{suffix}"

    def codebook(self, suffix: str) -> Path:
        """Domains and categories of the study."""
        return self.root / f"codebook{suffix}"

    def beside(self, interview: str, call: int, name: str, suffix: str) -> Path:
        """What was sent of one call (`sent`), or a translation of it (`translation-fr`)."""
        return self.transcripts / interview / f"{name}-{call}{suffix}"

    def names_beside(self, interview: str, call: int) -> list[str]:
        """Which of these there are."""
        found = (path.name for path in sorted((self.transcripts / interview).glob(f"*-{call}.*")))
        matches = (BESIDE.match(name) for name in found)
        return [match[1] for match in matches if match is not None]

    @property
    def corrections(self) -> Path:
        """The correction list: an entry each, and the register."""
        return self.root / "corrections"

    @property
    def correction_register(self) -> Path:
        """From whose transcripts each entry came: numbers, readable."""
        return self.corrections / "register.json"

    def correction(self, name: str, suffix: str) -> Path:
        """One entry: what is misheard, and what it is."""
        return self.corrections / f"{name}{suffix}"

    def roster(self, suffix: str) -> Path:
        """Names of staff, sites and places that are known before anything is heard."""
        return self.root / f"roster{suffix}"

    def reporting(self, suffix: str) -> Path:
        """What was decided for all reports: numbers to quote under, answers of the team."""
        return self.root / f"reporting{suffix}"


def sheet_beside(study: Path) -> Path:
    """Where the recovery sheet of a new study is written: beside it, never inside."""
    return study.absolute().parent / f"{study.absolute().name}-recovery-sheet.pdf"


def find_study(start: Path) -> Path | None:
    """The nearest folder at or above `start` that holds a study, or None."""
    for folder in (start, *start.parents):
        if (folder / STUDY_FILE).is_file():
            return folder
    return None


def private_dir(folder: Path) -> Path:
    """Make `folder` and its missing parents, readable by their owner alone."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    with storage_errors(folder):
        for part in reversed(missing):
            part.mkdir(mode=0o700, exist_ok=True)
    return missing[0] if missing else folder


_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
"""A link that somebody laid where a file is to be made leads nowhere."""


def write_durably(path: Path, data: bytes) -> None:
    """Replace `path` with `data` so that a kill or a full disk leaves the old bytes or the new."""
    private_dir(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with storage_errors(path):
        try:
            descriptor = os.open(partial, _FRESH, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            replace_durably(partial, path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def rewritten_durably(path: Path) -> Iterator[Path]:
    """An empty file to fill that takes the place of `path` after the block; a kill leaves the old or the new.

    It lies beside `path` as `<name>.striking.partial`, and nobody takes it away but who fills it again.
    """
    partial = path.with_name(f"{path.name}{STRIKING}")
    with storage_errors(path):
        try:
            os.close(os.open(partial, _FRESH, 0o600))
            yield partial
            with partial.open("r+b") as file:
                os.fsync(file.fileno())
            replace_durably(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def replace_durably(partial: Path, path: Path) -> None:
    """Rename a finished file over `path` and force the folder's entry to the disk."""
    partial.replace(path)
    sync_folder(path.parent)


def remove_durably(path: Path) -> int:
    """Remove a file, or a folder with all that is in it, durably; hands back how many files went.

    A link goes, and what it leads to stays. Can be done again after a kill at any moment.
    """
    with storage_errors(path):
        if not path.is_dir() or path.is_symlink():
            there = path.is_symlink() or path.exists()
            path.unlink(missing_ok=True)
            return int(there)
        removed = sum(remove_durably(inside) for inside in sorted(path.iterdir()))
        sync_folder(path)
        path.rmdir()
        return removed


def files_within(path: Path) -> list[Path]:
    """The files in a folder, or the file itself; a link to a folder has none, as it is not gone into."""
    if not path.is_dir():
        return [path] if path.is_file() else []
    return [] if path.is_symlink() else [inside for inside in sorted(path.rglob("*")) if inside.is_file()]


def refuse_link(folder: Path) -> None:
    """Raise StorageError for a folder of a study that is a link: nothing is destroyed where it leads."""
    if folder.is_symlink():
        raise StorageError(
            f"{folder} is a link to another place, and nothing is destroyed beyond a link.",
            "Put the folder itself in the place of the link.",
        )


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to the disk, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's errors into one line that names `path` and the remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                f"The disk is full: {path} was not written.",
                "Free some space and run the command again; nothing that was saved before is lost.",
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageError(
                f"No permission for {path}.", "Choose a folder of your own, or ask who manages this one."
            ) from error
        raise StorageError(f"{path}: {error.strerror or error}.") from error


def disk_failed(error: BaseException) -> bool:
    """Whether the disk itself failed: what was to be written may be lost, and a second try proves nothing."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EIO

"""Looks at this computer, and at a study where there is one, for `doctor` to judge; changes nothing.

The study is not opened, which would write, and nothing of it is unsealed: no passphrase is needed.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import interviewkit
from interviewkit import audit_entries, disks, key_backup, passphrases, set_aside, settings, study_config
from interviewkit.audit_entries import Action, Malformed
from interviewkit.doctor import (
    PLANNED_MINUTES,
    Facts,
    Inputs,
    Keyring,
    Keys,
    Place,
    Room,
    Trail,
    Weights,
)
from interviewkit.errors import DeviceError, InterviewkitError
from interviewkit.paths import StudyPaths, cache_dir, data_dir, sheet_beside, state_dir
from interviewkit.study_keys import Keys as StudyKeys

MOST_BYTES = 4 * 1024**2
"""No file with a private key of ours is as large."""
_PRIVATE = re.compile(
    rb'AGE-SECRET-KEY-1[0-9A-Z]{20}|"private" ?: ?"[0-9a-f]{64}"|"wrapped" ?: ?\{|/Title \(Recovery sheet\)'
)
MARKERS = {
    ".stfolder": "Syncthing",
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".seafile-data": "Seafile",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
}
"""What such programs leave in the folders that they copy."""
_JOURNALS = re.compile(r"\._?sync_[0-9a-f]+\.db")
_NAMES = re.compile(
    r"(?P<Dropbox>Dropbox( \(.+\))?)|(?P<OneDrive>OneDrive( - .+)?)|(?P<Nextcloud>Nextcloud\d*)"
    r"|(?P<GoogleDrive>Google ?Drive( .+)?|My Drive)|(?P<iCloud>iCloud ?Drive|Mobile Documents)"
    r"|(?P<Cloud>CloudStorage)|(?P<pCloud>pCloud ?Drive)|(?P<MEGA>MEGA(sync)?)|(?P<Seafile>Seafile)"
    r"|(?P<ownCloud>ownCloud)|(?P<Box>Box( Sync)?)",
    re.IGNORECASE,
)
_SPELT = {"GoogleDrive": "Google Drive", "iCloud": "iCloud Drive", "Cloud": "a program of the cloud"}
SOUND_KEYRINGS = {
    "keyring.backends.macOS": "the keychain of macOS",
    "keyring.backends.Windows": "the credential manager of Windows",
    "keyring.backends.SecretService": "the keyring of the desktop (Secret Service)",
    "keyring.backends.libsecret": "the keyring of the desktop (libsecret)",
    "keyring.backends.kwallet": "KWallet",
}
HOLLOW_KEYRINGS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Back-ends that keep nothing, or keep it readable."""


def look(root: Path | None) -> Facts:
    """The facts of this computer, and of the study in `root`."""
    paths = None if root is None else StudyPaths(root.resolve())
    return Facts(
        now=datetime.now(UTC),
        built=_built(),
        places=tuple(_places(paths)),
        swaps=tuple(disks.swaps()),
        inputs=_inputs(),
        weights=tuple(_weights(paths)),
        room=_room(paths),
        keys=None if paths is None else _keys(paths),
        trail=None if paths is None else _trail(paths),
        aside=() if paths is None else tuple(map(str, set_aside.aside(paths.root))),
    )


def _built() -> datetime:
    return datetime.fromtimestamp(Path(interviewkit.__file__).stat().st_mtime, UTC)


# ── folders ─────────────────────────────────────────────────────────────────────────────────────


def _places(paths: StudyPaths | None) -> Iterator[Place]:
    if paths is not None:
        yield _place("the study", paths.root)
    yield _place("the folder of your keys", data_dir(), keys=True)
    yield _place("what this computer remembers", state_dir())
    if not cache_dir().is_relative_to(data_dir()):
        # Weights are no secret, and whoever may change them may change what is written down.
        yield _place("the model weights", cache_dir(), secret=False)


def _place(what: str, folder: Path, *, keys: bool = False, secret: bool = True) -> Place:
    return Place(
        what,
        str(folder),
        disks.of(folder),
        tuple(open_to_others(folder, 0o077 if secret else 0o022)),
        synced(folder),
        holds_keys=keys,
        is_secret=secret,
    )


def open_to_others(folder: Path, bits: int = 0o077) -> Iterator[str]:
    """What other accounts can get at in a folder, it first, as far as they could get into it."""
    if os.name != "posix" or not folder.exists():
        return
    mode = folder.stat().st_mode
    if mode & bits or folder.stat().st_uid not in (os.geteuid(), 0):
        yield str(folder)
    if not mode & 0o011:
        return
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                continue
            if path.is_dir():
                yield from open_to_others(path, bits)
            elif path.stat().st_mode & bits:
                yield str(path)


def synced(folder: Path) -> str | None:
    """Which program copies a folder to other computers, by its name or by what lies in it or above it."""
    for place in (folder.resolve(), *folder.resolve().parents):
        if found := _NAMES.fullmatch(place.name):
            name = str(found.lastgroup)
            return _SPELT.get(name, name)
        with suppress(OSError):
            for name in (path.name for path in place.iterdir()):
                if _JOURNALS.fullmatch(name):
                    return "Nextcloud"
                # What Dropbox keeps for itself lies in the home folder, which it doesn't copy.
                if name in MARKERS and not (name == ".dropbox" and place == Path.home()):
                    return MARKERS[name]
    return None


def _room(paths: StudyPaths | None) -> Room:
    from interviewkit.capture.writer import room_s

    place = paths.root if paths is not None else Path.home()
    return Room(room_s(place, 2), 60 * _planned_minutes(paths))


def _planned_minutes(paths: StudyPaths | None) -> float:
    """How long the longest interview of a study is meant to take."""
    from interviewkit import schedule

    found = []
    for guide in sorted(paths.schedules.glob("*.yaml")) if paths is not None else ():
        with suppress(InterviewkitError):
            found.append(schedule.load(guide).minutes)
    return max(found, default=PLANNED_MINUTES)


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


def _keys(paths: StudyPaths) -> Keys:
    try:
        keys = StudyKeys(paths)
        if not keys.sealed:
            return Keys(sealed=False, in_study=tuple(private_keys(paths.root)))
        folder, to_do = keys.folder, tuple(key_backup.to_do(keys))
    except InterviewkitError as error:
        return Keys(sealed=True, problem=str(error))
    remembered = (folder.root / passphrases.REMEMBERED).exists()
    return Keys(
        sealed=True,
        in_study=tuple(private_keys(paths.root)),
        beside=folder.open_to_all,
        keyring=_keyring() if remembered else None,
        to_do=to_do,
        sheet=str(sheet) if (sheet := sheet_beside(paths.root)).exists() else "",
    )


def private_keys(root: Path) -> Iterator[str]:
    """Files below a folder that hold private keys: plain, wrapped, of a computer, in a backup, on a sheet."""
    for path in sorted(root.rglob("*")):
        with suppress(OSError):
            if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_BYTES:
                continue
            name = path.relative_to(root).as_posix()
            if re.search(r"(^|/)(own/[^/]+|wrapped/[^/]+/[^/]+)\.age$", name) or _PRIVATE.search(
                path.read_bytes()
            ):
                yield name


def _keyring() -> Keyring:
    import keyring

    return told(type(keyring.get_keyring()).__module__, _chained(keyring.get_keyring()))


def _chained(backend: object) -> list[str]:
    """Of several keyrings in a row the first is used."""
    return [type(one).__module__ for one in getattr(backend, "backends", ())]


def told(module: str, chained: list[str]) -> Keyring:
    """What a keyring is, by the module that it is made in."""
    first = chained[0] if module == "keyring.backends.chainer" and chained else module
    for sound, name in SOUND_KEYRINGS.items():
        if first == sound:
            return Keyring(name, sound=True)
    if first.startswith(HOLLOW_KEYRINGS) or first == "keyring.backends.chainer":
        return Keyring(f"a keyring called {first}", sound=False)
    return Keyring(f"a keyring called {first}", sound=None)


# ── the work ────────────────────────────────────────────────────────────────────────────────────


def _inputs() -> Inputs:
    from interviewkit.capture import devices

    try:
        return Inputs(len(devices.inputs()))
    except DeviceError as error:
        return Inputs(0, error.message, error.hint)


def _weights(paths: StudyPaths | None) -> Iterator[Weights]:
    from interviewkit.speech import weights

    config = None
    with suppress(InterviewkitError):
        config = study_config.load(paths.config).speech if paths is not None else None
    chosen = settings.resolve({}, config)
    model = weights.DEFAULT_WHISPER if chosen.model == settings.NIGHT else chosen.model
    for name in (model, *weights.SETS[chosen.diarisation]):
        present = name in weights.names() and weights.is_present(name)
        problems = weights.verify(name) if present else []
        yield Weights(name, present, problems[0] if problems else "")


def _trail(paths: StudyPaths) -> Trail:
    """The audit trail's times, of all computers; `ethics verify` is who says whether they can be believed."""
    times: list[tuple[datetime, bool]] = []
    for chain in sorted(paths.audit.glob("*.jsonl")):
        with suppress(OSError), chain.open("rb") as file:
            for raw in file:
                with suppress(Malformed):
                    entry = audit_entries.parse(raw.rstrip(b"\n")).entry
                    times.append((entry.at, entry.action is Action.CHECKPOINT))
    checkpoint = max((at for at, is_one in times if is_one), default=None)
    since = [at for at, _ in times if checkpoint is None or at > checkpoint]
    return Trail(max((at for at, _ in times), default=None), checkpoint, len(since))

"""A new study: `study.yaml`, forms and schedules, copied from templates into an empty folder or a clone.

templates + shipped schedules ── checked ─► files of a study; `study.yaml` last, as it makes it one.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from interviewkit import schedule, study_config, study_keys, yamlfile
from interviewkit.errors import StudyError, UsageError
from interviewkit.models import Form
from interviewkit.paths import STUDY_FILE, StudyPaths, private_dir, storage_errors, write_durably
from interviewkit.study_keys import Founder

TEMPLATES = Path(__file__).parent / "templates"


def create(
    root: Path,
    template_folder: Path = TEMPLATES,
    title: str | None = None,
    founder: Founder | None = None,
) -> None:
    """Make `root` a study. What is already there of forms and schedules stays as it is.

    `title` takes the place of the template's. With a `founder` it is sealed. `template_folder` holds
    `study.yaml`, `forms/` and, if the shipped ones won't do, `schedules/`. Raises StudyError where `root`
    holds something else or a template is wrong; then nothing is left behind.
    """
    refuse_occupied(root, sealed=founder is not None)
    wanted = _checked_templates(template_folder)
    with _undone_on_error(root) as written:
        private_dir(root)
        if founder is not None:
            # Before `study.yaml`: what is a study without keys is not sealed.
            study_keys.found(StudyPaths(root), founder, written)
        for name, source in wanted.items():
            if not (root / name).exists():
                with storage_errors(source):
                    data = source.read_bytes()
                if name == STUDY_FILE and title is not None:
                    data = _titled(data, title)
                written.append(root / name)
                write_durably(root / name, data)


def refuse_occupied(root: Path, *, sealed: bool) -> None:
    """Raise StudyError but for an empty folder, what a kill left of a making, or a clone, laid out so."""
    left = {"forms", "schedules", "recordings", *(["keys"] if sealed else [])}
    if (root / STUDY_FILE).exists():
        raise StudyError(f"{root} is already a study.", "Use it as it is, or choose another folder.")
    with storage_errors(root):
        inside = {path.name for path in root.iterdir() if path.name[0] != "."} if root.exists() else set()
        recordings = StudyPaths(root).recordings
        kept = {path.name for path in recordings.iterdir()} - {"README.md"} if recordings.is_dir() else set()
    clone = (root / "interviewkit" / "study.py").is_file()
    if kept or not (clone or inside <= left):
        raise StudyError(
            f"{root} is not empty: it holds {min(kept or inside)}.",
            "Choose a new folder for the study; nothing was changed.",
        )


def _titled(config: bytes, title: str) -> bytes:
    """`study.yaml` with another title, its comments and all else as they are."""
    if not title.isprintable():
        raise UsageError("The title holds characters that can't be shown.", "Give it in one line of text.")
    # What JSON quotes, YAML reads as the same text.
    line = f"title: {json.dumps(title, ensure_ascii=False)}"
    return re.sub(r"(?m)^title:.*$", lambda _: line, config.decode(), count=1).encode()


def _checked_templates(folder: Path) -> dict[str, Path]:
    """Name in the study → file to copy, each of them valid, `study.yaml` last."""
    guides = folder / "schedules" if (folder / "schedules").is_dir() else schedule.shipped()
    config = study_config.load(folder / STUDY_FILE)
    files = {}
    for form in sorted((folder / "forms").glob("*.yaml")):
        yamlfile.load(form, Form, StudyError)
        files[f"forms/{form.name}"] = form
    for name in sorted({group.schedule for group in config.groups}):
        schedule.load(guides / f"{name}.yaml")
        files[f"schedules/{name}.yaml"] = guides / f"{name}.yaml"
    return {**files, STUDY_FILE: folder / STUDY_FILE}


@contextmanager
def _undone_on_error(root: Path) -> Iterator[list[Path]]:
    """Take away the files that the block listed, and the folders that it made, if it fails."""
    inside = [root / name for name in ("forms", "schedules", "keys/people", "keys")]
    folders = [folder for folder in (*inside, root) if not folder.exists()]
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        for folder in folders:
            with suppress(OSError):
                folder.rmdir()
        raise

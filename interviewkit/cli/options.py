"""Options that several commands share, and the checks of what they name."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from interviewkit.errors import StudyError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from interviewkit.study import Study

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)
FORMAT_NAMES = ("txt", "json", "vtt", "srt", "maxqda", "nvivo", "atlasti", "f4", "elan")


def study(command: F) -> F:
    """`--study`, as `study_dir`; see `open_study`."""
    return click.option(
        "--study",
        "study_dir",
        type=FILE,
        envvar="INTERVIEWKIT_STUDY",
        metavar="DIR",
        help="The study's folder; otherwise the nearest one at or above the current folder.",
    )(command)


def speech(command: F) -> F:
    """The settings of the speech engines as options; None where one is not given."""
    for option in (
        click.option(
            "--accurate",
            "effort",
            flag_value="accurate",
            help="Take longer where that finds more: see --effort.",
        ),
        click.option(
            "--fast", "effort", flag_value="fast", help="Be quick where that costs little: see --effort."
        ),
        click.option("--effort", metavar="LEVEL", help="Time against accuracy: fast, balanced or accurate."),
        click.option("--threads", type=int, metavar="N", help="Processor cores to use; 0 takes all."),
        click.option("--compute-type", metavar="TYPE", help="Number format of Whisper, such as int8."),
        click.option("--device", metavar="auto|cpu|cuda", help="Where Whisper runs."),
        click.option("--speakers", metavar="N|auto", help="How many people talk."),
        click.option("--diarisation", metavar="NAME", help="Models that tell speakers apart."),
        click.option("--language", metavar="CODE", help="Language of the call, such as en, or auto."),
        click.option("--model", metavar="NAME", help="Whisper model."),
    ):
        command = option(command)
    return command


def formats(command: F) -> F:
    """`--txt`, `--json` and the others, as `format_name`: None where none is given."""
    for name in reversed(FORMAT_NAMES):
        command = click.option(f"--{name}", "format_name", flag_value=name, help=f"Write {name}.")(command)
    return command


def out(command: F) -> F:
    """`-o OUT` and `--force`; see `check_out`."""
    command = click.option("--force", is_flag=True, help="Replace OUT where it exists.")(command)
    return click.option("-o", "--out", type=FILE, metavar="OUT", help="The file to write.")(command)


quiet = click.option("-q", "--quiet", is_flag=True, help="Show no progress, only what must be known.")
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
call = click.option(
    "--call",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="Which call of the interview; 1 if not given.",
)


def name(text: str) -> str:
    """An option's or a prompt's value that is somebody's or something's name: anything but blank."""
    if not text.strip():
        raise click.BadParameter("a name is needed.")
    return text.strip()


def asked(option: str, question: str, metavar: str, says: str, envvar: str | None = None) -> Callable[[F], F]:
    """An option that is asked for where it is not given, so that a command works as it was printed."""

    def ask(ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
        if value is not None or ctx.resilient_parsing:
            return value
        typed: str = click.prompt(question, value_proc=name, err=True)
        return typed

    where = f"neither this nor {envvar} says it" if envvar else "it is not given"
    told = f"{says}; asked for where {where}."
    return click.option(option, type=name, metavar=metavar, envvar=envvar, callback=ask, help=told)


by = asked("--by", "Who does it?", "NAME", "Who does it", "INTERVIEWKIT_NAME")


def bytes_of(path: Path) -> bytes:
    """A file's bytes; StorageError where it can't be read."""
    from interviewkit.paths import storage_errors

    with storage_errors(path):
        return path.read_bytes()


def past(text: str) -> "datetime":
    """A moment that is over, as it is typed, by this computer's clock; UsageError where it is none."""
    from datetime import UTC

    from interviewkit.appointment_times import Clock, moment

    clock = Clock()
    return moment(text, clock, clock.now(), past=True).astimezone(UTC)


def open_study(folder: Path | None) -> "Study":
    """The study that was named, or the nearest one at or above the current folder; else StudyError."""
    from interviewkit.cli import passphrase
    from interviewkit.cli.progress import note
    from interviewkit.events import Warned
    from interviewkit.paths import find_study
    from interviewkit.study import Study

    found = folder if folder is not None else find_study(Path.cwd())
    if found is None:
        raise StudyError(
            f"There is no study in {Path.cwd()} or above it.",
            "Make one with: interviewkit init DIR, or say where it is with --study DIR.",
        )
    study = Study.open(found, note, passphrase.ask)
    if study.promising():
        from interviewkit.withdrawal import settle

        for problem in settle(study):
            note(Warned(problem))
    return study


def check_out(path: Path | None, *, force: bool, source: Path | None = None) -> None:
    """Find out before the work whether `path` can be written; `source` is what must not be overwritten."""
    from interviewkit.paths import storage_errors

    if path is not None:
        with storage_errors(path):
            _check_place(path, force=force, source=source)


def _check_place(path: Path, *, force: bool, source: Path | None) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Give the name of the file to write.")
    if path.exists() and source is not None and source.exists() and path.samefile(source):
        raise UsageError(f"{path} is the recording itself.", "Choose another name.")
    if path.exists() and not force:
        raise UsageError(f"{path} exists already.", "Choose another name, or replace it with --force.")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

"""`interviewkit transcript send` and `returned`: a transcript goes to its participant, and comes back."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.transcript_import import tell_beside
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.models import SentCopy, Wish


@click.command()
@click.argument("out", metavar="OUT", type=options.FILE)
@click.option(
    "--interview", required=True, metavar="INTERVIEW", help="Whose transcript it is, such as P07-1."
)
@options.call
@click.option(
    "--until", required=True, metavar="DATE", help="By when it may come back: 2026-12-12, 12 December."
)
@options.by
@click.option("--again", is_flag=True, help="Send it anew, though what went before is not back.")
@click.option("--force", is_flag=True, help="Replace OUT where it exists.")
@options.study
def send(
    study_dir: Path | None,
    out: Path,
    interview: str,
    call: int,
    until: str,
    by: str,
    again: bool,
    force: bool,
) -> None:
    """Write a transcript to OUT (.docx or .txt) for its participant to put right, and print its name."""
    from interviewkit import member

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    last = read_day(until)
    member.send(study, member.Sending(interview, call, last, by, out, again))
    click.echo(out)
    told = f"It may come back by {last.day} {last:%B %Y}: interviewkit ethics due has it until it is settled."
    click.echo(told, err=True)


@click.command()
@click.argument("file", metavar="[FILE]", type=options.FILE, required=False)
@click.option(
    "--interview", required=True, metavar="INTERVIEW", help="Whose transcript it is, such as P07-1."
)
@options.call
@options.by
@click.option("--nothing", is_flag=True, help="They sent nothing back, or said that it is right.")
@click.option("--accept", metavar="all|N,…", help="Make these changes in the transcript.")
@click.option("--decline", metavar="all|N,…", help="Leave the transcript as it is in these places.")
@options.study
def returned(
    study_dir: Path | None,
    file: Path | None,
    interview: str,
    call: int,
    by: str,
    nothing: bool,
    accept: str | None,
    decline: str | None,
) -> None:
    """Take in FILE that a participant sent back, list what they changed, and decide about each change."""
    from interviewkit import member

    study = options.open_study(study_dir)
    if file is not None and nothing:
        raise UsageError("FILE and --nothing don't go together.", "Leave one of them out.")
    known = member.copy(study, study.interview(interview), call)
    if file is not None or nothing:
        data = None if file is None else options.bytes_of(file)
        known = member.take_in(study, interview, call, data, by)
        if data is not None:
            tell_beside(data)
    wanted = [(_numbers(text), yes) for text, yes in ((accept, True), (decline, False)) if text is not None]
    for numbers, _ in wanted:
        # All of them, before anything is changed.
        if known is not None:
            member.check_open(known, numbers)
    for numbers, accepted in wanted:
        known = member.decide(study, interview, call, numbers, by, accepted=accepted)
    if known is None:
        raise UsageError(
            f"{interview}, call {call}, was not sent to its participant.",
            f"Send it: interviewkit transcript send FILE --interview {interview}",
        )
    _tell(known, interview, call)


def read_day(text: str) -> date:
    """A day as it is typed; UsageError where it is none."""
    from interviewkit.appointment_times import Clock, moment

    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        clock = Clock()
        return moment(f"{text} 23:59", clock, clock.now()).date()


def _numbers(text: str) -> list[int] | None:
    if text.strip().casefold() == "all":
        return None
    parts = text.replace(",", " ").split()
    if not parts or not all(part.isdecimal() for part in parts):
        raise UsageError("Say which: all, or their numbers, such as 1,3.", "Nothing was changed.")
    return [int(part) for part in parts]


def _tell(known: "SentCopy", interview: str, call: int) -> None:
    """Each change with what became of it; where words are to go for good, how."""
    from interviewkit.models import WishState
    from interviewkit.phrases import count

    for wish in known.wishes:
        click.echo(_line(wish))
    open_ = [wish for wish in known.wishes if wish.decision is WishState.OPEN]
    if known.answered_at is None:
        until = f"{known.until.day} {known.until:%B %Y}"
        click.echo(f"It is with them since {known.at:%d %B %Y}; it may come back by {until}.", err=True)
    elif not known.wishes:
        click.echo("Nothing is to be changed.", err=True)
    elif open_:
        click.echo(
            f"{count(len(open_), 'change')} to decide: --accept or --decline, all or numbers.", err=True
        )
    for line in _to_strike(known, interview, call):
        click.echo(line, err=True)


def _line(wish: "Wish") -> str:
    from interviewkit.exports.base import hms, to_ms, visible

    time = hms(to_ms(wish.at_s) // 1000).removeprefix("00:")
    before = visible(" ".join(word.text for word in wish.before))
    state = wish.decision.value + (f" by {visible(wish.by)}" if wish.by else "")
    return (
        f"{wish.number}  {time}  {visible(wish.speaker)}  {before} → {visible(wish.after) or '–'}  ({state})"
    )


def _to_strike(known: "SentCopy", interview: str, call: int) -> Iterator[str]:
    """Words that were taken away are still heard."""
    gone = [wish for wish in known.wishes if not wish.after]
    if gone:
        yield "Words that they took away are still in the recording and the draft. To destroy them:"
    for wish in gone:
        start_s, stop_s = int(wish.before[0].start_s), int(wish.before[-1].end_s) + 1
        yield f"  {wish.number}: interviewkit strike {interview} --call {call} --from {start_s} --to {stop_s}"

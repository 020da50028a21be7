"""`interviewkit names`: what identifies people in a transcript, what stands for it, and the release."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.naming import Item

INTERVIEW = click.argument("interview", metavar="INTERVIEW")


@click.group()
def names() -> None:
    """Replace names and numbers of people, and release transcripts for coding."""


@names.command("list")
@INTERVIEW
@options.call
@click.option("--open", "only_open", is_flag=True, help="What is to be decided alone.")
@options.study
def list_(study_dir: Path | None, interview: str, call: int, only_open: bool) -> None:
    """List what was found in a checked transcript, and what stands for it."""
    from interviewkit import desk_names, naming
    from interviewkit.exports.base import visible

    found = desk_names.look(options.open_study(study_dir), interview, call)
    for item in found.open if only_open else found.items:
        if item.decided is None:
            text = f"open; suggested: {naming.suggested(item, found.own, found.others)}"
        else:
            text = item.replacement or "stays"
        click.echo(
            f"{visible(item.text)}  ({item.kind}, {item.source}, {len(item.places)}×): {visible(text)}"
        )
    for why in found.missing:
        click.echo(f"{why}.", err=True)


@names.command()
@INTERVIEW
@click.argument("text", metavar="TEXT")
@click.option("--replace", "replacement", metavar="[TEXT]", help="What stands for it, in square brackets.")
@click.option("--same-as", metavar="[TEXT]", help="It is the same person or place as this stands for.")
@click.option("--keep", is_flag=True, help="It names nobody, and stays.")
@click.option("--kind", metavar="KIND", help="What it is, for a name that was not found.")
@options.call
@options.by
@options.study
def decide(
    study_dir: Path | None,
    interview: str,
    text: str,
    replacement: str | None,
    same_as: str | None,
    keep: bool,
    kind: str | None,
    call: int,
    by: str,
) -> None:
    """Decide about TEXT in INTERVIEW: replaced as suggested, unless an option says otherwise."""
    from interviewkit import desk_names, naming
    from interviewkit.coding import Who
    from interviewkit.models import Pseudonyms

    if sum((replacement is not None, same_as is not None, keep)) > 1:
        raise UsageError("Say one thing: --replace, --same-as or --keep.")
    study = options.open_study(study_dir)
    found = desk_names.look(study, interview, call)
    item, who = _item(found.items, text, kind), Who.now(by)

    def change(own: Pseudonyms) -> Pseudonyms:
        if keep:
            return naming.kept(own, item, who)
        chosen = same_as or replacement or naming.suggested(item, own, found.others)
        same = same_as is not None or (replacement is None and item.key in found.others)
        return naming.replaced(own, found.others, item, chosen, who, same=same)

    after = desk_names.decide(study, found, change)
    for one in after.own.names:
        if one.key == item.key:
            click.echo(one.replacement or "stays")


@names.command()
@INTERVIEW
@options.call
@options.by
@options.study
def release(study_dir: Path | None, interview: str, call: int, by: str) -> None:
    """Release a call of INTERVIEW for coding: checked by somebody to its end, and nothing left to decide."""
    from interviewkit import desk_names
    from interviewkit.coding import Who
    from interviewkit.phrases import count

    study = options.open_study(study_dir)
    new = desk_names.release(study, desk_names.look(study, interview, call), Who.now(by))
    places = count(new.release.replaced, "place")
    click.echo(f"{interview}, call {call}: released; something else stands in {places} now.", err=True)


@names.command()
@click.argument("text", metavar="TEXT", required=False)
@click.option("--kind", metavar="KIND", default="person", help="person, place, organisation, phone …")
@click.option("--remove", is_flag=True, help="Take it out again.")
@options.study
def known(study_dir: Path | None, text: str | None, kind: str, remove: bool) -> None:
    """List names of staff, sites and places that are looked for in every transcript; with TEXT add one."""
    from interviewkit.exports.base import visible
    from interviewkit.identifiers import key
    from interviewkit.models import Known, Roster

    study = options.open_study(study_dir)
    if text is None:
        for one in study.roster().known:
            click.echo(f"{visible(one.text)}  ({one.kind})")
        return
    new = Known(text=" ".join(text.split()), kind=_kind(kind))
    if not key(text):
        raise UsageError("There is no word in it.", "Write the name as it is said.")
    if not remove:
        study.change_roster(lambda old: Roster(known=tuple(dict.fromkeys((*old.known, new)))))
        return
    if not any(key(one.text) == key(text) for one in study.roster().known):
        raise UsageError("It is not in the list.", "See: interviewkit names known")
    study.change_roster(lambda old: Roster(known=tuple(o for o in old.known if key(o.text) != key(text))))


@names.command()
@options.study
def check(study_dir: Path | None) -> None:
    """Whether the same stands for the same everywhere; for who opens the logs of all participants."""
    from interviewkit import desk_names, naming
    from interviewkit.cli.shell import Stopped

    logs = desk_names.logs(options.open_study(study_dir))
    found = naming.clashes(logs)
    for line in found:
        click.echo(line)
    if found:
        raise Stopped("Put it right with: interviewkit names decide; then release these calls again.")
    click.echo(f"The same stands for the same in the logs of {len(logs)} participants.", err=True)


@names.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.study
def log(study_dir: Path | None, participant: str) -> None:
    """The replacement log of PARTICIPANT: what stands for what, who decided, when."""
    from interviewkit.consent import Store
    from interviewkit.exports.base import visible

    study = options.open_study(study_dir)
    for one in study.pseudonyms(study.grant(participant, Store)).names:
        stands = one.replacement or "stays"
        click.echo(f"{visible(one.text)} ({one.kind}): {visible(stands)}  {visible(one.by)}, {one.at.date()}")


def _item(items: "tuple[Item, ...]", text: str, kind: str | None) -> "Item":
    """What was found under these words, or with `kind` something that wasn't."""
    from interviewkit import naming
    from interviewkit.identifiers import Kind, key

    for item in items:
        if (
            item.key in (key(text), naming.added(text, item.kind).key)
            or item.text.casefold() == text.casefold()
        ):
            return item
    if kind is None:
        raise UsageError(f"“{text}” was not found there.", "Add it with --kind person, place, phone …")
    return naming.added(text, Kind(_kind(kind)))


def _kind(kind: str) -> str:
    from interviewkit.identifiers import Kind

    if kind not in list(Kind):
        raise UsageError(f"“{kind}” is no kind of name.", f"It is one of: {', '.join(Kind)}.")
    return kind

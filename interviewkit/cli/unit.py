"""`interviewkit unit`: meaning units on the command line; a passage is given by its words."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options, unit_sheet
from interviewkit.cli.progress import note
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.analysis import AnalysedInterview, Analysis
    from interviewkit.models import Coded, Unit
    from interviewkit.study import Study

INTERVIEW = click.argument("interview", metavar="INTERVIEW")
UNIT = click.argument("name", metavar="UNIT")


@click.group()
def unit() -> None:
    """Meaning units: find, label, sort and audit them."""


@unit.command("list")
@click.option("--interview", metavar="INTERVIEW", help="Those of one interview alone.")
@click.option("--open", "only_open", is_flag=True, help="Those alone about which something is open.")
@options.study
def list_(study_dir: Path | None, interview: str | None, only_open: bool) -> None:
    """List the meaning units: id, participant, where they are sorted, label; and what is open."""
    from interviewkit import coding_words

    found = _analysis(study_dir)
    for about, one in found.units():
        asked = [review for review in about.coded.open if review.about == one.id]
        if (interview is None or about.interview.id == interview) and (asked or not only_open):
            where = coding_words.sorted_into(one, found.codebook)
            click.echo(f"{one.id}  {about.interview.id:<8}{where}: {_visible(one.label) or '(no label)'}")
            for review in asked:
                said = coding_words.said(review, found.codebook)
                click.echo(f"          ? {review.id}  {_visible(review.by)}: {_visible(said)}")


@unit.command()
@UNIT
@options.study
def show(study_dir: Path | None, name: str) -> None:
    """Show a meaning unit: its words, where it is sorted, its memo and what was done to it."""
    from interviewkit import coding_words

    found = _analysis(study_dir)
    about, one = _of(found, name)
    click.echo(f"{about.interview.id}, call {one.passage.call}, {_time(one)}")
    click.echo(f"“{_visible(one.text)}”")
    click.echo(f"label: {_visible(one.label) or '–'}")
    click.echo(f"sorted into: {_visible(coding_words.sorted_into(one, found.codebook))}")
    if one.memo:
        click.echo(f"memo: {_visible(one.memo)}")
    for change in one.history:
        why = f" ({_visible(change.reason)})" if change.reason else ""
        click.echo(f"{change.at.date()}  {_visible(change.by)}: {change.act.value}{why}")


@unit.command()
@INTERVIEW
@click.option("--words", required=True, metavar="TEXT", help="The passage, word for word as it was released.")
@click.option("--label", required=True, metavar="TEXT", help="Its summary label.")
@click.option("--domain", metavar="DOMAIN", help="Its domain; otherwise that of its question.")
@click.option("--category", metavar="CATEGORY", help="Its category, by its id or its name.")
@click.option("--memo", default="", metavar="TEXT", help="A memo.")
@click.option("--layer", default="", metavar="NAME", help="Into somebody's own units, coded blind.")
@options.call
@options.by
@options.study
def add(
    study_dir: Path | None,
    interview: str,
    words: str,
    label: str,
    domain: str | None,
    category: str | None,
    memo: str,
    layer: str,
    call: int,
    by: str,
) -> None:
    """Make a meaning unit of a passage of INTERVIEW; prints its id."""
    from interviewkit import codebook as books
    from interviewkit import coding, coding_words, desk, passages
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    known = study.interview(interview)
    about, book = desk.analysed(study, known), desk.current_codebook(study)
    said = desk.released(study, known, call)
    where = passages.quoted(said, words)
    question = said.turns[where.first.turn].question
    chosen = domain or coding_words.suggested(about.schedule, book, question)
    books.domain(book, chosen)
    into = None if category is None else books.named(book, chosen, category).id
    who = Who.now(by)

    def make(coded: "Coded") -> "Coded":
        return coding.made(
            coded, said, where, who, interview=interview, label=label, domain=chosen, memo=memo, category=into
        )[0]

    click.echo(desk.recode(study, interview, make, layer).units[-1].id)


@unit.command()
@UNIT
@click.option("--label", metavar="TEXT", help="Its new summary label.")
@click.option("--domain", metavar="DOMAIN", help="The domain that it is moved to.")
@click.option("--category", metavar="CATEGORY", help="The category that it is moved to, or - for none.")
@click.option("--memo", metavar="TEXT", help="Its new memo.")
@click.option("--why", default="", metavar="TEXT", help="Kept in its history.")
@options.by
@options.study
def change(
    study_dir: Path | None,
    name: str,
    label: str | None,
    domain: str | None,
    category: str | None,
    memo: str | None,
    why: str,
    by: str,
) -> None:
    """Change a meaning unit: its label, where it is sorted, its memo."""
    from interviewkit import codebook as books
    from interviewkit import coding
    from interviewkit.coding import Who

    if label is domain is category is memo is None:
        raise UsageError("Say what is to be changed: --label, --domain, --category or --memo.")
    study = options.open_study(study_dir)
    found = _gathered(study)
    about, one = _of(found, name)
    who = Who.now(by)
    into = domain or one.domain
    books.domain(found.codebook, into)
    if category not in (None, "-"):
        target: str | None = books.named(found.codebook, into, str(category)).id
    else:
        target = None if category == "-" or into != one.domain else one.category

    def rule(coded: "Coded") -> "Coded":
        if label is not None:
            coded = coding.relabelled(coded, name, label, who, why)
        if domain is not None or category is not None:
            coded = coding.moved(coded, name, into, target, who, why)
        return coded if memo is None else coding.noted(coded, name, memo, who)

    _recode(study, about, rule)


@unit.command()
@UNIT
@click.option("--before", required=True, metavar="TEXT", help="The words with which the second part begins.")
@click.option("--why", default="", metavar="TEXT", help="Kept in its history.")
@options.by
@options.study
def split(study_dir: Path | None, name: str, before: str, why: str, by: str) -> None:
    """Make two meaning units of one; prints their ids."""
    from interviewkit import coding, desk, passages
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    about, one = _of(_gathered(study), name)
    said = desk.released(study, about.interview, one.passage.call)
    at = passages.quoted(said, before, within=one.passage).first
    who = Who.now(by)
    _recode(study, about, lambda coded: coding.split(coded, name, said, at, who, reason=why)[0])


@unit.command()
@click.argument("names", metavar="UNIT …", nargs=-1, required=True)
@click.option("--label", metavar="TEXT", help="The label; otherwise that of the first.")
@click.option("--why", default="", metavar="TEXT", help="Kept in its history.")
@options.by
@options.study
def merge(study_dir: Path | None, names: tuple[str, ...], label: str | None, why: str, by: str) -> None:
    """Make one meaning unit of several of a call; prints its id."""
    from interviewkit import coding, desk
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    about, one = _of(_gathered(study), names[0])
    said = desk.released(study, about.interview, one.passage.call)
    who = Who.now(by)
    _recode(study, about, lambda coded: coding.merged(coded, names, said, who, label, why)[0])


@unit.command()
@UNIT
@click.option("--why", default="", metavar="TEXT", help="Kept in its history.")
@click.option("--undo", is_flag=True, help="Have a removed one back.")
@options.by
@options.study
def remove(study_dir: Path | None, name: str, why: str, undo: bool, by: str) -> None:
    """Remove a meaning unit; it stays with its history, and can be had back."""
    from interviewkit import coding
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    who = Who.now(by)
    for about in _gathered(study).interviews:
        if any(one.id == name for one in about.coded.units):
            if undo:
                _recode(study, about, lambda coded: coding.restored(coded, name, who))
            else:
                _recode(study, about, lambda coded: coding.removed(coded, name, who, why))
            return
    raise UsageError(f"There is no meaning unit {name}.", "See: interviewkit unit list")


# ── audit ───────────────────────────────────────────────────────────────────────────────────────


@unit.command()
@UNIT
@click.option("--agree", is_flag=True, help="It is right as it is.")
@click.option("--query", metavar="TEXT", help="What the question is.")
@click.option("--split-before", metavar="TEXT", help="Propose to split it before these words.")
@click.option("--move-to", metavar="DOMAIN", help="Propose to move it to a domain.")
@click.option("--category", metavar="CATEGORY", help="With --move-to: to a category there.")
@click.option("--rename", metavar="TEXT", help="Propose another label.")
@options.by
@options.study
def review(
    study_dir: Path | None,
    name: str,
    agree: bool,
    query: str | None,
    split_before: str | None,
    move_to: str | None,
    category: str | None,
    rename: str | None,
    by: str,
) -> None:
    """Say what you think of a meaning unit that somebody else made; prints the id of a query or proposal."""
    from interviewkit import codebook as books
    from interviewkit import coding_audit, desk, passages
    from interviewkit.coding import Who
    from interviewkit.models import Proposal, ProposalKind, Verdict

    proposed = sum(one is not None for one in (split_before, move_to, rename))
    if agree + proposed > 1 or not (agree or proposed or query):
        raise UsageError("Say one thing: --agree, --query, --split-before, --move-to or --rename.")
    study = options.open_study(study_dir)
    found = _gathered(study)
    about, one = _of(found, name)
    proposal = None
    if split_before is not None:
        said = desk.released(study, about.interview, one.passage.call)
        at = passages.quoted(said, split_before, within=one.passage).first
        proposal = Proposal(kind=ProposalKind.SPLIT, at=at)
    elif move_to is not None:
        books.domain(found.codebook, move_to)
        into = None if category is None else books.named(found.codebook, move_to, category).id
        proposal = Proposal(kind=ProposalKind.MOVE, domain=move_to, category=into)
    elif rename is not None:
        proposal = Proposal(kind=ProposalKind.RENAME, name=rename)
    verdict = Verdict.AGREES if agree else Verdict.PROPOSES if proposal is not None else Verdict.QUERIES
    who = Who.now(by)

    def rule(coded: "Coded") -> "Coded":
        return coding_audit.reviewed(coded, name, who, verdict, query or "", proposal)[0]

    changed = desk.recode(study, about.interview.id, rule)
    if not agree:
        click.echo(changed.reviews[-1].id)


@unit.command()
@click.argument("review_id", metavar="QUERY")
@click.option("--accept/--decline", "accepted", required=True, help="Whether it is done as proposed.")
@click.option("--with", "people", required=True, metavar="NAMES", help="Who else agrees, parted by commas.")
@click.option("--why", default="", metavar="TEXT", help="Kept with it.")
@options.by
@options.study
def settle(study_dir: Path | None, review_id: str, accepted: bool, people: str, why: str, by: str) -> None:
    """Put on record what was agreed on a query or proposal; an accepted proposal is carried out."""
    from interviewkit import coding_audit, desk
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    about, one = _asked(_gathered(study), review_id)
    call = desk.released(study, about.interview, one.passage.call)
    names, who = [by, *people.split(",")], Who.now(by)

    def rule(coded: "Coded") -> "Coded":
        return coding_audit.agreed(coded, review_id, names, who, accepted=accepted, said=why, call=call)

    _recode(study, about, rule)


@unit.command()
@INTERVIEW
@click.option("--layer", required=True, metavar="NAME", help="Whose own units.")
@click.option("--take-in", is_flag=True, help="Take them into the team's, as agreements and proposals.")
@options.by
@options.study
def compare(study_dir: Path | None, interview: str, layer: str, take_in: bool, by: str) -> None:
    """How far somebody who coded INTERVIEW blind agrees with the team: share of words, Cohen's kappa."""
    from interviewkit import coding_layers, desk
    from interviewkit.agreement import agreement
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    known = study.interview(interview)
    if layer not in study.layers(interview):
        raise UsageError(f"{layer} has no units of their own in {interview}.", "Make some: unit add --layer")
    about, own = desk.analysed(study, known), desk.coded(study, known, layer)
    for text, domains_only in (("domains", True), ("domains and categories", False)):
        found = agreement(about.calls, about.coded, own, domains_only=domains_only)
        kappa = "–" if found.kappa is None else f"{found.kappa:.2f}"
        click.echo(f"{text:<24}{100 * found.share:3.0f} % of {found.words} words, kappa {kappa}")
    if take_in:
        _recode(study, about, lambda coded: coding_layers.taken_in(coded, own, Who.now(layer)))
        click.echo("Taken in. See: interviewkit unit list --open", err=True)


unit.add_command(unit_sheet.sheet)
unit.add_command(unit_sheet.take_in)


def _analysis(study_dir: Path | None) -> "Analysis":
    return _gathered(options.open_study(study_dir))


def _gathered(study: "Study") -> "Analysis":
    from interviewkit import desk

    return desk.gather(study, note)


def _of(found: "Analysis", name: str) -> "tuple[AnalysedInterview, Unit]":
    for about, one in found.units():
        if one.id == name:
            return about, one
    raise UsageError(f"There is no meaning unit {name}.", "See: interviewkit unit list")


def _asked(found: "Analysis", review_id: str) -> "tuple[AnalysedInterview, Unit]":
    """The unit about which a query or proposal is open."""
    for about, one in found.units():
        if any(review.id == review_id and review.about == one.id for review in about.coded.open):
            return about, one
    raise UsageError(f"No query or proposal {review_id} is open.", "See: interviewkit unit list --open")


def _recode(study: "Study", about: "AnalysedInterview", rule: "Callable[[Coded], Coded]") -> None:
    """Change the units, and print the ids of those that came of it."""
    from interviewkit import desk

    before = {one.id for one in about.coded.units}
    for one in desk.recode(study, about.interview.id, rule).standing:
        if one.id not in before:
            click.echo(one.id)


def _time(one: "Unit") -> str:
    from interviewkit.exports.base import hms

    return hms(one.passage.start_ms // 1000)


def _visible(text: str) -> str:
    from interviewkit.exports.base import visible

    return visible(text)

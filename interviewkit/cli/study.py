"""`interviewkit init`: a new study, sealed."""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.shell import stopping

ROLES = ("interviewer", "transcriber", "analyst", "auditor", "ethics-officer", "custodian", "deputy")


@click.command()
@click.argument("folder", metavar="DIR", type=options.FILE)
@click.option("--title", type=options.name, help="What the study is called; may be changed in study.yaml.")
@click.option("--name", type=options.name, default="Researcher", help="Who you are in the study.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(ROLES),
    help="For a team: what you do in it. Without it you do everything.",
)
@stopping("No study was made.")
def init(folder: Path, title: str | None, name: str, roles: tuple[str, ...]) -> None:
    """Make a new study in DIR, sealed with a passphrase: its description, consent forms and schedules.

    Writes a recovery sheet beside it, to be printed: the way back when the passphrase is lost.
    """
    from interviewkit import study_config
    from interviewkit.cli import passphrase
    from interviewkit.key_sheet import sheet
    from interviewkit.paths import STUDY_FILE, sheet_beside, write_durably
    from interviewkit.sealing import Guarded, Preset, Role, Secret
    from interviewkit.study import Study
    from interviewkit.study_create import TEMPLATES, refuse_occupied
    from interviewkit.study_keys import Founder

    refuse_occupied(folder, sealed=True)
    own = Guarded.new(passphrase.chosen("A passphrase for the study, four words or more"))
    recovery = Secret.new()
    preset, held = (Preset.TEAM, tuple(map(Role, roles))) if roles else (Preset.SOLO, (Role.RESEARCHER,))
    founder = Founder(own, recovery, name, preset, held)
    place = sheet_beside(folder)
    called = title or study_config.load(TEMPLATES / STUDY_FILE).title
    # First: a kill leaves no study without the way back into it.
    write_durably(place, sheet(called, founder.record, recovery))
    try:
        made = Study.create(folder, title=title, founder=founder)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    click.echo(f"{made.root} is a study now: {made.config.title}. It is sealed.", err=True)
    click.echo(
        f"First: print {place}, lock it away, delete the file, and try what is on it:\n"
        f"  interviewkit key drill --study {made.root}\n"
        "Next: put your own approvals and groups into study.yaml, your own wording into forms/ and\n"
        "schedules/. Then, in that folder: interviewkit participant add",
        err=True,
    )

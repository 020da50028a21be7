"""`interviewkit key`: who may open what, the backup of the keys, and the ways back in."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interviewkit.cli import options
from interviewkit.cli.shell import Stopped, stopping
from interviewkit.cli.study import ROLES

if TYPE_CHECKING:
    from interviewkit.key_people import Rewrapped
    from interviewkit.sealing import Guarded, Secret
    from interviewkit.study import Study
    from interviewkit.study_keys import Keys

NOTHING = "Nothing was changed."
CLASSES = ("contact", "consent", "incident", "pseudonyms", "audio", "raw", "released")
sheet_option = click.option(
    "--sheet", is_flag=True, help="Use the key on the recovery sheet, which opens all classes."
)


@click.group()
def key() -> None:
    """Who may open what in a sealed study, the backup of its keys, and the ways back in."""


@key.command()
@click.option("--name", type=options.name, help="Who you are, for others to see.")
@click.option("--again", is_flag=True, help="Another key and passphrase in the place of yours.")
@options.study
@stopping(NOTHING)
def new(study_dir: Path | None, name: str | None, again: bool) -> None:
    """Make a key of your own on this computer; somebody who has a role then gives you one."""
    from interviewkit import key_people
    from interviewkit.audit_entries import Action
    from interviewkit.errors import UsageError

    study = _sealed(study_dir)
    if again:
        study.keys.unlocked()
        own = _own("The new passphrase")
        with study.changing_keys(Action.KEY_RENEWED) as keys:
            done = key_people.renew(keys, own)
        _told(done, "Your key is another one now.")
        return
    if name is None:
        raise UsageError("A name is needed.", "Say who you are with --name NAME.")
    own = _own("A passphrase of your own, four words or more")
    with study.changing_keys(Action.KEY_MADE) as keys:
        person = key_people.new(keys, name, own)
    click.echo(person.id)
    click.echo(
        f"Your public key is {person.recipient}\n"
        "Read it out to whoever gives you a role. They do: interviewkit key add-person "
        f"{person.id} --role ROLE",
        err=True,
    )


@key.command("list")
@options.as_json
@options.study
def list_(study_dir: Path | None, as_json: bool) -> None:
    """List who may open what, and what should be done about the keys."""
    from interviewkit import key_backup

    keys = _sealed(study_dir).keys
    rows = _rows(keys)
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        held = "revoked" if row["revoked"] else ", ".join(row["roles"]) or "no role yet"
        opens = " ".join(row["opens"]) or "nothing"
        whose = "all" if row["participants"] is None else ", ".join(row["participants"])
        click.echo(f"{row['id']:<16}{row['name']:<20}{held}")
        click.echo(f"{'':<16}opens {opens}, of {whose}\n{'':<16}{row['recipient']}")
    for line in key_backup.to_do(keys):
        click.echo(line, err=True)


@key.command("add-person")
@click.argument("person", metavar="PERSON")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="What they do.")
@click.option(
    "--also", multiple=True, type=click.Choice(CLASSES), help="A class beyond their role, by the protocol."
)
@click.option(
    "--participant", "participants", multiple=True, metavar="P", help="Only of these; otherwise of all."
)
@click.option(
    "--key", "recipient", metavar="AGE1…", help="The public key that they read out; else it is asked."
)
@sheet_option
@options.study
@stopping(NOTHING)
def add_person(
    study_dir: Path | None,
    person: str,
    roles: tuple[str, ...],
    also: tuple[str, ...],
    participants: tuple[str, ...],
    recipient: str | None,
    sheet: bool,
) -> None:
    """Give PERSON roles, in the place of those that they had: keys are sealed anew, documents are not."""
    from interviewkit import key_people
    from interviewkit.audit_entries import Action
    from interviewkit.sealing import KeyClass, Role

    study = _sealed(study_dir)
    for participant in participants:
        study.participant(participant)
    compared = _compared(study.keys, person, recipient)
    opens, more, typed = [Role(role) for role in roles], [KeyClass(one) for one in also], _sheet(study, sheet)
    with study.changing_keys(Action.ROLE_GIVEN) as keys:
        given, done = key_people.give(keys, person, opens, more, participants or None, typed, compared)
    _told(done, f"{given.name} is {', '.join(roles)} now.")


@key.command()
@click.argument("person", metavar="PERSON")
@sheet_option
@options.study
@stopping(NOTHING)
def revoke(study_dir: Path | None, person: str, sheet: bool) -> None:
    """Take all roles from PERSON. It can't recall what they have copied or opened before."""
    from interviewkit import key_people
    from interviewkit.audit_entries import Action

    study = _sealed(study_dir)
    typed = _sheet(study, sheet)
    with study.changing_keys(Action.ROLE_REVOKED) as keys:
        done = key_people.revoke(keys, person, typed)
    _told(done, f"{person} opens nothing on this computer any more, and no new participant.")
    click.echo(
        "What they copied before can't be recalled: documents that they opened, and keys on computers and in"
        " backups of theirs. Ask for those to be deleted, and have it in writing.",
        err=True,
    )


@key.command()
@click.argument("file", metavar="FILE", type=options.FILE)
@options.study
@stopping("The backup was not written.")
def backup(study_dir: Path | None, file: Path) -> None:
    """Write the keys to FILE, outside of the study: for the day on which this computer is lost.

    Do it again after adding participants. After an erasure, destroy the older backups.
    """
    from interviewkit import key_backup
    from interviewkit.audit_entries import Action

    with _sealed(study_dir).changing_keys(Action.KEYS_BACKED_UP) as keys:
        count = key_backup.backup(keys, file)
    click.echo(
        f"The keys of {count} participants are in {file}. Nothing in it opens without a passphrase or the"
        " recovery sheet. Keep it apart from both, and destroy older ones once somebody has been erased.",
        err=True,
    )


@key.command()
@click.argument("file", metavar="FILE", type=options.FILE)
@options.study
@stopping(NOTHING)
def restore(study_dir: Path | None, file: Path) -> None:
    """Bring the keys in a backup to this computer; nobody who was erased comes back."""
    from interviewkit import key_backup
    from interviewkit.audit_entries import Action

    with _sealed(study_dir).changing_keys(Action.KEYS_RESTORED) as keys:
        done = key_backup.restore(keys, file)
    click.echo(f"The keys of {len(done.participants)} participants are here.", err=True)
    if done.people:
        click.echo(f"Keys are sealed to these people from now on: {', '.join(done.people)}.", err=True)
    if done.revoked:
        click.echo(f"Revoked, and sealed to no more: {', '.join(done.revoked)}.", err=True)
    if done.destroyed:
        click.echo(f"Destroyed before, and not brought back: {', '.join(done.destroyed)}.", err=True)


@key.command()
@click.option("--name", type=options.name, help="Whose key it is; not needed where there is only one.")
@options.study
@stopping(NOTHING)
def recover(study_dir: Path | None, name: str | None) -> None:
    """Get in again with the recovery sheet, under a new passphrase."""
    from interviewkit import key_people
    from interviewkit.audit_entries import Action

    study, typed = _sealed(study_dir), _typed_sheet()
    key_people.checked(study.keys, typed)
    own = _own("The new passphrase")
    with study.changing_keys(Action.KEY_RECOVERED) as keys:
        person, done = key_people.recover(keys, typed, name, own)
    _told(done, f"{person.name} can open the study again, with the new passphrase.")


@key.command()
@options.study
@stopping(NOTHING)
def drill(study_dir: Path | None) -> None:
    """Try the recovery sheet: type its key, and hear whether it would do. Nothing is changed."""
    from interviewkit import key_people
    from interviewkit.audit_entries import Action
    from interviewkit.paths import sheet_beside

    study, typed = _sealed(study_dir), _typed_sheet()
    with study.changing_keys(Action.SHEET_TRIED) as keys:
        count = key_people.drill(keys, typed)
        keys.folder.note_drilled()
    click.echo(f"The sheet is right: it opens all {count} keys that are here.", err=True)
    place = sheet_beside(study.root)
    if place.exists():
        click.echo(f"Its file is still there. Once it is printed, delete it: {place}", err=True)


@key.command()
@options.study
@stopping(NOTHING)
def remember(study_dir: Path | None) -> None:
    """Have the system's keyring keep the passphrase, so that it is not asked for at this computer."""
    from interviewkit import passphrases
    from interviewkit.cli import passphrase
    from interviewkit.errors import Locked

    keys = _sealed(study_dir).keys
    text = passphrase.ask("Passphrase of the study")
    if text is None:
        raise Locked("A passphrase is needed.", "Run this at a terminal.")
    keys.unlock(text)
    passphrases.remember(keys.folder.root, text)
    click.echo("The system's keyring has it now: whoever uses this account opens the study.", err=True)


@key.command()
@options.study
def forget(study_dir: Path | None) -> None:
    """Have the system's keyring forget the passphrase."""
    from interviewkit import passphrases

    passphrases.forget(_sealed(study_dir).keys.folder.root)
    click.echo("The passphrase is asked for again from now on.", err=True)


def _sealed(folder: Path | None) -> "Study":
    study = options.open_study(folder)
    assert study.keys.folder is not None
    return study


def _compared(keys: "Keys", person: str, recipient: str | None) -> str:
    """The public key to seal to, compared with what they read out before anything is sealed to it."""
    from interviewkit import key_people

    found = key_people.named(keys, person, recipient)
    if recipient is None and not key_people.is_known(keys, found):
        click.echo(f"The study says that the public key of {found.name} is\n{found.recipient}", err=True)
        click.echo(
            "Whoever can write to the study could have put another there. Ask them, by telephone.", err=True
        )
        if not click.confirm("Do they read out the same?", default=None, err=True):
            raise Stopped(NOTHING)
    return found.recipient


def _own(question: str) -> "Guarded":
    from interviewkit.cli import passphrase
    from interviewkit.sealing import Guarded

    return Guarded.new(passphrase.chosen(question))


def _sheet(study: "Study", wanted: bool) -> "Secret | None":
    """The key on the sheet, where it is to be used; else the study is unlocked, with one's own key."""
    if wanted:
        return _typed_sheet()
    study.keys.unlocked()
    return None


def _typed_sheet() -> "Secret":
    from interviewkit.cli import passphrase
    from interviewkit.sealing import Secret

    return Secret(passphrase.secret("The key on the recovery sheet"))


def _told(done: "Rewrapped", what: str) -> None:
    """Say what was done, and what is left for somebody else."""
    click.echo(f"{what} {done.keys} keys were sealed anew; no document was touched.", err=True)
    if done.left:
        click.echo(
            f"You don't open {', '.join(done.left)}: whoever does has to do the same; or do it with --sheet.",
            err=True,
        )


def _rows(keys: "Keys") -> list[dict[str, Any]]:
    known = {person.id: person for person in keys.folder.people()}
    told = {person.id: person for person in keys.told_people()}
    own = keys.folder.own()
    return [
        {
            "id": person.id,
            "name": person.name,
            "roles": list(person.roles) if person.id in known else [],
            "opens": [name for name in CLASSES if person.id in known and person.opens_class(name)],
            "participants": None if person.participants is None else list(person.participants),
            "revoked": person.revoked_at is not None,
            "recipient": person.recipient,
            "key_here": person.id in own,
        }
        for person in {**told, **known}.values()
    ]

"""`interviewkit weights`: see, fetch and check the model weights. A thin shell over `speech.weights`."""

import json
from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.shell import stopping


@click.group()
def weights() -> None:
    """Model weights: what there is, what is here, and whether it is right."""


@weights.command("list")
@options.as_json
def list_(as_json: bool) -> None:
    """List the weights that interviewkit knows."""
    from interviewkit.speech import weights as store

    entries = [store.entry(name) for name in store.names()]
    if as_json:
        rows = [
            {
                **entry.model_dump(include={"name", "kind", "licence", "attribution", "files"}),
                "size": entry.size,
                "present": store.is_present(entry.name),
            }
            for entry in entries
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for entry in entries:
        here = "here" if store.is_present(entry.name) else "-"
        size = f"{entry.size / 1e6:,.1f} MB"
        click.echo(f"{entry.name:<32}{size:>12}  {entry.licence:<12}{here:<6}{entry.attribution}")


@weights.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.quiet
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take the files from this folder and nowhere else.",
)
@stopping("What was fetched is kept; the same command goes on from there.")
def fetch(names: tuple[str, ...], folder: Path | None, quiet: bool) -> None:
    """Fetch weights and check every byte; without a NAME, what is needed to begin with."""
    from interviewkit.cli.progress import show
    from interviewkit.speech import weights as store

    entries = [store.entry(name) for name in names or store.default_names()]
    for entry in entries:
        show(store.fetch(entry.name, folder), quiet=quiet)


@weights.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def verify(names: tuple[str, ...]) -> None:
    """Check weights by the hash of every file; without a NAME, all that are here."""
    from interviewkit.errors import WeightsError
    from interviewkit.speech import weights as store

    wanted = names or [name for name in store.names() if (store.root() / name).is_dir()]
    if not wanted:
        raise WeightsError("There are no weights on this computer.", "Run: interviewkit weights fetch")
    wrong = []
    for name in wanted:
        problems = store.verify(name)
        click.echo("\n".join(problems) or f"{name}: right")
        wrong += [name] if problems else []
    if wrong:
        raise WeightsError(
            f"Wrong or missing: {', '.join(wrong)}.", f"Run: interviewkit weights fetch {' '.join(wrong)}"
        )


@weights.command()
@click.argument("name", required=False)
def path(name: str | None) -> None:
    """Print the folder of NAME, or the one that holds all weights."""
    from interviewkit.speech import weights as store

    click.echo(store.locate(name) if name else store.root())

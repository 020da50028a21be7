"""The pages around the code are true: commands, links, modules, pins, and what may not be in here at all."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from interviewkit import __version__
from interviewkit.cli.app import app

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MAX_BYTES = 2 * 1024**2


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def files() -> list[Path]:
    """Every file of the repository, committed or about to be."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "recordings" / "README.md")
)


# ── commands ────────────────────────────────────────────────────────────────────────────────────


def commands(page: str) -> Iterator[str]:
    """What a page tells its reader to type, from blocks of code and from `code` that begins with it."""
    found = text(page)
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", found, re.DOTALL | re.MULTILINE):
        yield from block.splitlines()
    yield from re.findall(r"`((?:interviewkit|make) [^`]+)`", re.sub(r"\n", " ", found))


def typed(program: str) -> list[str]:
    pages = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "recordings/README.md", "docs/weights.md")
    return sorted({line for page in pages for line in commands(page) if line.startswith(f"{program} ")})


@pytest.mark.parametrize("line", typed("interviewkit"))
def test_a_command_that_is_shown_exists(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = app
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    try:
        # Parsed as it stands; whether the files exist is not the question.
        command.make_parser(click.Context(command)).parse_args(words)
    except click.UsageError as error:
        pytest.fail(error.message)


def targets() -> list[str]:
    return re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("line", [*typed("make"), ".ci/run"])
def test_a_target_that_is_shown_exists(line: str) -> None:
    wanted = re.findall(r"^make ([a-z-]+)", text(line) if line == ".ci/run" else line, re.MULTILINE)
    assert wanted
    assert set(wanted) <= set(targets())


def test_the_readme_shows_a_study_from_beginning_to_end() -> None:
    shown = " ".join(typed("interviewkit"))
    for command in (
        "transcribe",
        "init",
        "participant add",
        "consent give",
        "import",
        "process",
        "export xlsx",
    ):
        assert f"interviewkit {command}" in shown


def test_the_readme_says_what_a_lost_passphrase_means() -> None:
    assert "nobody can reset it" in text("README.md").partition("## Try it")[0]


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


def links(page: str) -> list[str]:
    """Links within the repository, without the place in the page."""
    without_code = re.sub(r"^```.*?^```", "", text(page), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", without_code)
    return [link for link in found if not re.match(r"https?:|mailto:", link)]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    assert [link for link in links(page) if not (folder / link).exists()] == []


@pytest.mark.parametrize("index", ["docs/README.md", "docs/decisions/README.md"])
def test_an_index_names_every_page_beside_it(index: str) -> None:
    pages = {path.name for path in (ROOT / index).parent.glob("*.md")} - {"README.md"}
    assert pages - set(links(index)) == set()


def test_every_module_is_in_the_architecture() -> None:
    named = set(re.findall(r"`([^`\n]+)`", text("ARCHITECTURE.md").partition("## Where to make a change")[0]))
    package = ROOT / "interviewkit"
    for path in package.rglob("*.py"):
        module = path.relative_to(package).with_suffix("")
        if module.name == "__init__":
            known = module.parent == Path() or f"{module.parent}/" in named or str(module.parent) == "speech"
        elif module.parts[0] in {"cli", "exports"}:
            known = module.name in named
        else:
            known = str(module) in named
        assert known, f"{module} is not in ARCHITECTURE.md"


def test_the_architecture_names_no_module_that_is_gone() -> None:
    rows = re.findall(r"^\| ((?:`[a-z_/]+`(?:, )?)+) \|", text("ARCHITECTURE.md"), re.MULTILINE)
    for name in re.findall(r"`([a-z_/]+)`", " ".join(rows)):
        place = ROOT / "interviewkit" / name
        assert place.is_dir() or place.with_suffix(".py").is_file() or (ROOT / name).is_dir(), name


# ── what is declared ────────────────────────────────────────────────────────────────────────────


def test_the_version_is_the_same_everywhere() -> None:
    assert yaml.safe_load(text("CITATION.cff"))["version"] == __version__
    assert re.findall(r"^## ([\d.]+)", text("CHANGELOG.md"), re.MULTILINE)[0] == __version__


def test_every_dependency_is_pinned() -> None:
    project = PROJECT["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pins = [line for line in text("constraints.txt").splitlines() if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", pin)] == []
    pinned = {canonical(pin.partition("==")[0]) for pin in pins}
    assert {canonical(re.split(r"[<>=\[; ]", name)[0]) for name in declared} - pinned == set()


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_imports_go_the_way_they_should() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


# ── what may not be in here ─────────────────────────────────────────────────────────────────────


def test_no_file_is_large() -> None:
    assert [path.name for path in files() if path.stat().st_size > MAX_BYTES] == []


def test_no_recording_or_weights_are_in_here() -> None:
    suffixes = {".wav", ".mp3", ".m4a", ".flac", ".ogg", ".opus", ".amr", ".wma", ".mp4", ".tar"}
    suffixes |= {".bin", ".pt", ".ckpt", ".safetensors", ".onnx", ".whl"}
    # Said by a machine, from a text that lies beside them.
    voices = ROOT / "interviewkit" / "demo_call" / "voices"
    found = [path for path in files() if path.suffix in suffixes]
    assert [path.name for path in found if path.parent != voices or path.suffix != ".ogg"] == []


def test_the_voices_of_the_demonstration_are_small() -> None:
    voices = [path.stat().st_size for path in files() if path.suffix == ".ogg"]
    assert 500_000 < sum(voices) < 3_000_000


def test_no_path_of_one_machine_is_in_here() -> None:
    place = re.compile(rb"(?<![\w.~])/(?:work|root|home|Users)/\w")
    found = {str(path.relative_to(ROOT)) for path in files() if place.search(path.read_bytes())}
    assert found == set()


def test_a_study_in_a_clone_never_reaches_git(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("no git")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(text(".gitignore"))
    private = [
        "study.yaml",
        "study.json",
        ".study.lock",
        "people/P01/consent.json",
        "recordings/P01-1/interview.json",
        "recordings/P01-1/audio-1.tar",
        "transcripts/P01-1/raw-1.json",
        "exports/turns.xlsx",
        "forms/patients-uk-v2.yaml",
        "demo/study.yaml",
    ]
    command = ["git", "-C", str(tmp_path), "check-ignore", *private]
    ignored = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    assert ignored == private
    kept = ["recordings/README.md", "schedules/patient.yaml", "interviewkit/templates/forms/x.yaml"]
    command = ["git", "-C", str(tmp_path), "check-ignore", *kept]
    assert subprocess.run(command, capture_output=True, check=False).stdout == b""

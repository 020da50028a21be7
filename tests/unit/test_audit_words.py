"""Everything that a commit gives as its reason is one of the audit trail's actions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewkit.audit_entries import Action

ROOT = Path(__file__).parents[2]
WRITES = {
    "commit": 2,
    "write": 2,
    "_write": 2,
    "change_interview": 3,
    "save_raw": 4,
    "_put": 1,
    "save_checked": 4,
    "save_beside": 5,
}
"""Methods of a study that take a reason, and where it stands."""


def reasons() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "interviewkit").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                place = WRITES.get(call.func.attr)
                if place is not None and place < len(call.args):
                    said = call.args[place]
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        yield path.name, said.value


def test_there_are_reasons_to_look_at() -> None:
    assert len(list(reasons())) > 15


@pytest.mark.parametrize(("file", "reason"), sorted(set(reasons())))
def test_a_reason_is_an_action(file: str, reason: str) -> None:
    assert Action.of(reason) is not Action.CHANGED, f"{file}: add “{reason}” to audit_entries.Action"


def test_what_is_no_action_is_not_let_in() -> None:
    assert Action.of("Mary said so") is Action.CHANGED


def test_the_page_names_every_action() -> None:
    page = (ROOT / "docs" / "audit.md").read_text("utf-8").partition("## The actions")[2]
    named = {" ".join(word.split()) for word in re.findall(r"`([^`]+)`", page)}
    assert named == {action.value for action in Action}

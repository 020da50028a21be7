"""The fixture `figures`: what a test measures, each with the limit that it has to keep."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.figures import Figure, has_part, write_part
from tests.trust import FULL

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "trust.md", DOCS / "guide" / "pseudonyms.md")


class Figures:
    """What one test found; `part` is its place on a page."""

    def __init__(self, part: str, page: Path) -> None:
        self.part = part
        self.page = page
        self.found: list[Figure] = []

    def add(self, what: str, value: float, limit: str, unit: str = "") -> None:
        """One value; `limit` is how it must compare, such as `<= 2`."""
        self.found.append(Figure(what, value, limit, unit))

    def settle(self) -> None:
        """Show all of them, write them to the page if all was measured, and fail for a limit not kept."""
        assert self.found, f"{self.part} has measured nothing"
        print(*self.found, sep="\n")
        if FULL:
            write_part(self.page, self.part, self.found)
        assert [str(figure) for figure in self.found if not figure.passed] == []


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Figures whose part of a page is named like the test, without its `test_`, with hyphens."""
    part = request.node.originalname.removeprefix("test_").replace("_", "-")
    page = next((page for page in PAGES if has_part(page, part)), None)
    assert page, f"docs/trust.md has no place for {part}: <!-- {part} begin --> and end"
    return Figures(part, page)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Settle what was measured as part of the test, so that a limit not kept is a failure of it."""
    result = yield
    found = pyfuncitem.funcargs.get("figures")
    if isinstance(found, Figures):
        found.settle()
    return result

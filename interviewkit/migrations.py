"""Steps from one schema of a document to the next; the store runs them on what it reads.

Every document says its kind and schema in its `meta` table. A step is a pure function from the whole
document (tables → row id → row) at schema n to the same at n + 1. It runs in memory when a document
is read; the disk gets the result with the next save, because nobody can open every sealed document.
"""

from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, dict[str, dict[str, Any]]]
Step = Callable[[Document], Document]
Steps = Mapping[str, tuple[Step, ...]]

META = "meta"
META_ROW = "document"


def _made_again(document: Document) -> Document:
    """An index without rows: they are derived, and the documents tell more now."""
    return {}


def _as_it_is(document: Document) -> Document:
    """As it was put on record then: nothing is added to evidence. New kinds of entries came in, which an
    older program would take for damage; it says now that it is too old.
    """
    return document


STEPS: Steps = {
    "participant": (),
    "consent": (_as_it_is,),
    "contact": (),
    "incidents": (),
    "interview": (_as_it_is,),
    "notes": (),
    "wrapup": (),
    "raw": (),
    "pseudonyms": (),
    "known": (),
    "released": (),
    "timing": (),
    "units": (),
    "codebook": (),
    "corrections": (),
    "sent": (),
    "translation": (),
    "correction": (),
    "reporting": (),
    "roster": (),
    "checked": (_as_it_is,),
    "rights": (),
    "right": (),
    "tombstone": (),
    "exports": (),
    "place": (),
    "index": (_made_again,),
}


def current(kind: str, steps: Steps = STEPS) -> int:
    """The schema that this program writes for a kind of document: 1 and one more for each step."""
    return 1 + len(steps[kind])


def schema_of(document: Document) -> int:
    """The schema that a document says it has."""
    schema: int = document[META][META_ROW]["schema"]
    return schema


def upgrade(kind: str, document: Document, steps: Steps = STEPS) -> Document:
    """Bring a document to this program's schema; a newer one is handed back as it is."""
    for schema in range(schema_of(document), current(kind, steps)):
        upgraded = steps[kind][schema - 1](document)
        meta = {**document[META][META_ROW], "schema": schema + 1}
        document = {**upgraded, META: {META_ROW: meta}}
    return document

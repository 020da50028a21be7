import copy

from interviewkit.migrations import STEPS, Document, Steps, current, schema_of, upgrade


def _document(schema: int) -> Document:
    return {"meta": {"document": {"kind": "raw", "schema": schema}}, "words": {"a": {"text": "Yes."}}}


def _rename(document: Document) -> Document:
    return {**document, "words": {name: {"said": row["text"]} for name, row in document["words"].items()}}


def _shout(document: Document) -> Document:
    rows = {name: {"said": row["said"].upper()} for name, row in document["words"].items()}
    return {**document, "words": rows}


INJECTED: Steps = {"raw": (_rename, _shout)}


def test_only_what_has_changed_has_another_schema() -> None:
    assert {kind: current(kind) for kind in STEPS if current(kind) != 1} == {
        "index": 2,
        "consent": 2,
        "checked": 2,
        "interview": 2,
    }


def test_an_index_of_the_first_schema_is_emptied_so_that_it_is_made_again() -> None:
    old: Document = {
        "meta": {"document": {"kind": "index", "schema": 1}},
        "participants": {"a": {"id": "P01"}},
    }
    assert upgrade("index", old) == {"meta": {"document": {"kind": "index", "schema": 2}}}


def test_steps_run_in_order_from_where_the_document_is() -> None:
    assert current("raw", INJECTED) == 3
    upgraded = upgrade("raw", _document(1), INJECTED)
    assert upgraded["words"] == {"a": {"said": "YES."}}
    assert schema_of(upgraded) == 3
    later = {**_document(2), "words": {"a": {"said": "No."}}}
    assert upgrade("raw", later, INJECTED)["words"] == {"a": {"said": "NO."}}


def test_the_document_that_was_given_is_untouched() -> None:
    document = _document(1)
    before = copy.deepcopy(document)
    upgrade("raw", document, INJECTED)
    assert document == before


def test_current_and_newer_documents_stay_as_they_are() -> None:
    assert upgrade("raw", _document(3), INJECTED) == _document(3)
    assert upgrade("raw", _document(9), INJECTED) == _document(9)

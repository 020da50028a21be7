from pathlib import Path

import pytest

from interviewkit.errors import UsageError
from interviewkit.settings import Settings, resolve

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(name="user_file")
def _user_file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_without_any_the_defaults_hold(user_file: Path) -> None:
    found = resolve({}, environment={}, user_file=user_file)
    assert found == Settings()
    assert (found.model, found.language, found.speaker_count) == ("base", "auto", 2)


def test_each_place_beats_the_next(user_file: Path) -> None:
    flags: dict[str, object] = {"model": "flag"}
    environment = {"INTERVIEWKIT_MODEL": "environment"}
    study = {"model": "study"}

    def model(*, with_flags: bool, with_environment: bool, with_study: bool) -> str:
        return resolve(
            flags if with_flags else {"model": None},
            study if with_study else None,
            environment=environment if with_environment else {},
            user_file=user_file,
        ).model

    user_file.write_text('model = "user"')
    assert model(with_flags=True, with_environment=True, with_study=True) == "flag"
    assert model(with_flags=False, with_environment=True, with_study=True) == "environment"
    assert model(with_flags=False, with_environment=False, with_study=True) == "study"
    assert model(with_flags=False, with_environment=False, with_study=False) == "user"


def test_an_empty_variable_is_none(user_file: Path) -> None:
    assert resolve({}, environment={"INTERVIEWKIT_MODEL": ""}, user_file=user_file).model == "base"


@pytest.mark.parametrize(("given", "count"), [("auto", None), ("3", 3), (1, 1)])
def test_the_number_of_speakers(user_file: Path, given: object, count: int | None) -> None:
    assert resolve({"speakers": given}, environment={}, user_file=user_file).speaker_count == count


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("speakers", "0"),
        ("speakers", "two"),
        ("speakers", 21),
        ("threads", -1),
        ("device", "toaster"),
        ("language", "English"),
        ("diarisation", "guesswork"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(user_file: Path, name: str, value: object) -> None:
    with pytest.raises(UsageError) as caught:
        resolve({name: value}, environment={}, user_file=user_file)
    assert f"Setting {name}: {value!r} can't be used." in str(caught.value)
    assert caught.value.hint.startswith("It must be: ")


def test_a_setting_that_there_is_not_is_answered_with_those_that_there_are(user_file: Path) -> None:
    user_file.write_text("modle = 'base'")
    with pytest.raises(UsageError, match=r"Setting modle.*Known settings are model, language"):
        resolve({}, environment={}, user_file=user_file)


def test_a_file_that_is_no_toml_is_named(user_file: Path) -> None:
    user_file.write_text("model base")
    with pytest.raises(UsageError, match=r"settings\.toml: .* Mend or delete the file\."):
        resolve({}, environment={}, user_file=user_file)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    flag, variable = f"`--{name.replace('_', '-')}`", f"INTERVIEWKIT_{name.upper()}"
    # What is about the app and not about a command has no option.
    option = "–" if name in ("tonight", "morning") else flag
    row = f"| `{name}` | {option} | `{variable}` | `{field.default}` | {field.description} |"
    assert row in DOCS.read_text("utf-8").splitlines()

"""What a study says about itself: groups, forms with their approvals, schedules, and when work may begin.

    study.yaml, forms/, schedules/ ─► Form, Shown, Rules ─► giving consent, grants

A form that was answered is kept beside its file as it was shown, `forms/<id>.txt`, and can't change any more.
"""

from datetime import UTC, datetime
from pathlib import Path

from interviewkit import consent_forms, schedule, yamlfile
from interviewkit.consent_state import Rules
from interviewkit.errors import StudyError, UsageError
from interviewkit.models import Approval, Form, Group, Participant, Schedule, StudyConfig
from interviewkit.paths import StudyPaths, storage_errors, write_durably
from interviewkit.study_documents import Shown


class Forms:
    """What `Study` knows of its forms; see there."""

    def __init__(self, root: Path, config: StudyConfig) -> None:
        """`root` is the study's folder."""
        self.root = root
        self.config = config
        self.paths = StudyPaths(root)
        self._read: tuple[tuple[object, ...], dict[str, Form]] | None = None

    def group(self, group: str) -> Group:
        """A group by its id; raises UsageError for one that the study doesn't have."""
        for known in self.config.groups:
            if known.id == group:
                return known
        known_ids = ", ".join(known.id for known in self.config.groups)
        raise UsageError(f"The study has no group {group}.", f"Its groups are: {known_ids}.")

    def forms(self) -> dict[str, Form]:
        """Every form version in `forms/`, by its id; a file is read anew when it has changed."""
        files = sorted(self.paths.forms.glob("*.yaml"))
        seen = tuple((path, found.st_mtime_ns, found.st_size) for path in files for found in (path.stat(),))
        if self._read is None or self._read[0] != seen:
            self._read = seen, self._read_forms(files)
        return dict(self._read[1])

    def _read_forms(self, files: list[Path]) -> dict[str, Form]:
        forms = {path: yamlfile.load(path, Form, StudyError) for path in files}
        for path, form in forms.items():
            if path.stem != form.id:
                raise StudyError(f"{path} holds the form {form.id}.", f"Name the file {form.id}.yaml.")
        return {form.id: form for form in forms.values()}

    def shown(self, form: Form) -> Shown:
        """A form with its approval, as it is shown to somebody; None is an approval that is missing."""
        return Shown(form, self._approvals.get(form.approval))

    def rules(self, participant: Participant) -> Rules:
        """What the study says about when something may be begun with a participant."""
        criteria = self.group(participant.group).eligibility
        return Rules(criteria, self._approvals, self.forms(), self.config.delegations)

    @property
    def _approvals(self) -> dict[str, Approval]:
        return {approval.id: approval for approval in self.config.approvals}

    def form_for(self, participant: Participant) -> Form:
        """The form by which a participant is asked today; UsageError where there is none."""
        today = datetime.now(UTC).date()
        return consent_forms.latest_form(participant, self.forms(), self._approvals, today)

    def schedule(self, group: str) -> Schedule:
        """The interview guide that is put to a group."""
        return schedule.load(self.paths.schedules / f"{self.group(group).schedule}.yaml")

    def fix_wording(self, shown: Shown) -> None:
        """Keep the page in `forms/` as it is first answered; raises StudyError for another one later."""
        place = self.paths.frozen_form(shown.form.id)
        if place.exists():
            self.check_wording(shown)
        else:
            write_durably(place, shown.page.encode())

    def check_wording(self, shown: Shown) -> None:
        """Raise StudyError where a form is not worded any more as when it was first answered."""
        place = self.paths.frozen_form(shown.form.id)
        with storage_errors(place):
            if place.exists() and place.read_bytes() != shown.page.encode():
                raise StudyError(
                    f"The form {shown.form.id}, or its approval, is not worded any more as when it was first"
                    f" answered: see {place}.",
                    "Put it back as it was, and give the new wording a version, and a file, of its own.",
                )

"""`study.yaml` → StudyConfig, with what one part of it says about another checked.

file ── yamlfile ─► StudyConfig; errors name file, line and what is meant
"""

from pathlib import Path

from interviewkit import yamlfile
from interviewkit.errors import StudyError
from interviewkit.models import StudyConfig


def load(path: Path) -> StudyConfig:
    """Read and check a `study.yaml`; raises StudyError for the first thing that is wrong with it."""
    document = yamlfile.read(path, StudyError)
    config = document.parse(StudyConfig)
    known = sorted({approval.jurisdiction for approval in config.approvals})
    for place, contact in enumerate(config.protocols.emergency_contacts):
        if contact.jurisdiction is not None and contact.jurisdiction not in known:
            raise document.fault(
                ("protocols", "emergency_contacts", place, "jurisdiction"),
                f"the study has no approval for {yamlfile.quoted(contact.jurisdiction)}",
                yamlfile.suggestion(contact.jurisdiction, known),
            )
    return config

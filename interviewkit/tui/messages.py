"""What the thread that works tells the app; handlers on the app's side own all state."""

from dataclasses import dataclass

from textual.message import Message

from interviewkit.errors import InterviewkitError
from interviewkit.events import Event, Warned


@dataclass
class Happened(Message):
    """A job yielded an event; `behind` is how many jobs come after it."""

    job: str
    event: Event
    behind: int


@dataclass
class Failed(Message):
    """A job ended with an error; the next one goes on."""

    job: str
    error: InterviewkitError


@dataclass
class Crashed(Message):
    """The thread came upon a mistake in the program; nothing of it but the type is shown."""

    kind: str


@dataclass
class Ended(Message):
    """No job is left, or the user stopped them; the thread is at its end."""

    stopped: bool


@dataclass
class Told(Message):
    """Something that a worker wants the user to know, such as a study that another program writes to."""

    warned: Warned

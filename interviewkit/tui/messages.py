"""What the thread that works tells the app; handlers on the app's side own all state."""

from dataclasses import dataclass

from textual.message import Message

from interviewkit.capture import messages as capture
from interviewkit.errors import DeviceError, InterviewkitError
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


@dataclass
class Heard(Message):
    """A recorder that is listened to said something.

    Levels are no exception, ten a second as they are: a peak that is passed over may be the one that matters.
    """

    source: object
    said: capture.Message


@dataclass
class Deaf(Message):
    """A recorder that was to be listened to could not begin, or came to an end by itself."""

    source: object
    error: DeviceError

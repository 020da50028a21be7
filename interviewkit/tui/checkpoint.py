"""A checkpoint on the screen: its lines to be sent, the same as a QR code to be photographed."""

import io

from textual.content import Content
from textual.screen import Screen

from interviewkit import audit_checkpoint
from interviewkit.audit_checkpoint import Checkpoint
from interviewkit.tui.modals import Page
from interviewkit.tui.text import plain

SEND = (
    "Send these lines away from this computer, to your own mailbox for example; they are in the clipboard,",
    "where your terminal allows that. Below is the same as a QR code, to be photographed.",
)


async def show_checkpoint(screen: Screen[object], made: Checkpoint) -> None:
    """Show it until the user goes back; in a worker of that screen."""
    text = audit_checkpoint.text(made)
    screen.app.copy_to_clipboard(text)
    lines = [*SEND, "", *text.splitlines(), "", *drawn(audit_checkpoint.code(made)).splitlines()]
    await screen.app.push_screen_wait(Page("Checkpoint", Content("\n").join(map(plain, lines))))


def drawn(said: str) -> str:
    """The QR code in characters; the least correction, so that it fits on a screen."""
    import segno

    drawn = io.StringIO()
    segno.make(said, error="l", micro=False, boost_error=False).terminal(out=drawn, compact=True)
    return drawn.getvalue()

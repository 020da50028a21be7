"""Recording a call: devices, the recorder's process, and the program's end of it.

    devices ─► streams (callbacks) ─► tracks (one clock, gaps) ─► tape (pauses, frames) ─► recording container
                       └─► meters ─► alarms ─► hub ─► socket ─► client, control ─► a shell

All that stands left of the socket runs in the recorder's own process (`recorder`), which needs nobody to go
on. Only `streams`, and `devices` in a child process, import sounddevice.
"""

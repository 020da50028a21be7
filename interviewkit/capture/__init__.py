"""Recording a call: devices, the recorder's process, and the program's end of it.

    streams (callbacks) ─► pipe ─► ears ─► tracks (one clock, gaps) ─► tape (pauses, frames) ─► container
                                    └─► meters ─► alarms ─► hub ─► socket ─► client, control ─► a shell

All between pipe and socket runs in the recorder's own process (`recorder`), which needs nobody to go on. Each
device is open in a process of its own: only `streams`, and `devices` in another, import sounddevice.
"""

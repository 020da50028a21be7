"""interviewkit: hold, record, transcribe and keep consented telephone interviews."""

__version__ = "0.1.0"

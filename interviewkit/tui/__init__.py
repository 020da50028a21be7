"""The screen: a Textual app over the same core as the command line.

    agenda, study, processing ─► worker ─► message ─► handler ─► screen

Screens ask the core in workers and show what comes back; no rule of a study lives here.
"""

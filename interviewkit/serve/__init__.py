"""The app in a browser on this computer, for those who won't open a terminal.

    browser ── token, once ─► door ─► cookie
    browser ── cookie ─► site (guard, pages) ─► seat (one tab) ─► sitting ─► instance: the app's process

textual-serve carries keys and output between the tab and the process; who may come in, and how often, is
decided here. Nothing listens beyond this computer, and no page asks anything of another one.
"""

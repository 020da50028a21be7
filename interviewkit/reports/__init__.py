"""What an analysed study amounts to, as tables for whoever writes it up. Pure.

Analysis ── a recipe ─► Report: sheets, notes ── render ─► terminal, CSV, workbook, Word, PDF

`recipes` lists them. `counting` is how units are counted, for all of them that do.
"""

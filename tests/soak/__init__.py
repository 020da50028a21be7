"""The recorder's reliability, measured for as long as one likes: `make soak`. None of it is a test by itself.

`tests/system/test_soak_short.py` runs a minute of it.
"""

"""What the program promises about trust, measured: all of it by `make trust`, a sample of it by `make test`.

A test that measures takes the fixture `figures` and says each value with its limit. In full the values go
to the test's own part of `docs/trust.md` or of `docs/guide/pseudonyms.md`.
"""

import os

FULL = os.environ.get("TRUST") == "full"
"""Whether `make trust` asks for everything; else a test takes moments."""

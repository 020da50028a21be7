"""Words and speakers from sound."""

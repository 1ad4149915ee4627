"""The nouns of the control room as values, and what is pure: the chain of the journal, names, times."""

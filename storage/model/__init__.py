"""The nouns of storage as values, and what is reckoned with them. Pure."""

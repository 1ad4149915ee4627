"""One picture to many viewers: who gets it when, how fast, and what is sent again."""

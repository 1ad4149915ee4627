"""Finished segments on disk, and what keeps them: the object store, its lock, small files beside it."""

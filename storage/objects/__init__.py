"""Where finished segments are kept: the object store and its notes as ports, a folder, its lock."""

"""Proof, by samples, that what cameras send can be decoded: in a process of its own, never on the frame path.

`checks.py` says which picture of which stream is tried and when, `process.py` holds the child that decodes,
`child.py` is that child.
"""

"""Encryption of objects at rest, as a layer over any object store; see ADR 42."""

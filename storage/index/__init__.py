"""The index: which segments, policies, holds and exports there are. Only this folder knows SQLAlchemy."""

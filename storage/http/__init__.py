"""The HTTP of storage. FastAPI lives here and nowhere else."""

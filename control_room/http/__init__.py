"""The HTTP side: FastAPI lives here and nowhere else. No SQL in it, and no decision on rights."""

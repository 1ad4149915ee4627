"""What services know of the child that transcodes pictures for them: `python -m shared.transcoder`."""

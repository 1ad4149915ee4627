"""What ends the life of footage, and all that may keep it from ending."""

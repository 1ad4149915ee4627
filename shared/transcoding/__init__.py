"""What the services that have pictures transcoded know of the child that does it: `python -m transcoder`."""

"""The `beffroi` command: all of Beffroi as processes of one machine.

Only this package knows every service.
"""

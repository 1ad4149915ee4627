"""The words every service uses: ids, access units, time, the tap, tickets, the bus, errors, settings.

No web framework, no SQL and no media library may be imported here, and no service.
"""

"""What the services tell each other over HTTP, as JSON: each message is one type here, used at both ends.

Times are aware datetimes, RFC 3339 in UTC on the wire.
"""

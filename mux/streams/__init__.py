"""Streams taken from the tap, packetised once, or derived where a browser cannot show them."""

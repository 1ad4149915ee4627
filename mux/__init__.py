"""Access units to viewers: WHEP, ICE-lite, DTLS-SRTP, H.264 over RTP, one UDP port.

Nothing here decodes a picture, opens a file, or asks another service on the way of a frame.
"""

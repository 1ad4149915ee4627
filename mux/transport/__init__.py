"""The way to a viewer and back: the UDP socket, DTLS, STUN, sealing and sending, compiled or not."""

"""RTSP/1.0 and RTP for cameras: messages, sign-in, session, framing, and coded pictures out of packets."""

"""What leaves, as bytes: pictures in RTP payloads, RTCP, SRTP and SRTCP. Pure."""

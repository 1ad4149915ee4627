"""A simulated camera: an RTSP server of its own, for the demo, the tests and the bench."""

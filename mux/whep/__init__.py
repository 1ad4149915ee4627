"""The HTTP of mux: WHEP, walls, figures."""

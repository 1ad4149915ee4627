"""Live pictures: which mux, which tickets, who watches."""

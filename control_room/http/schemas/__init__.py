"""What goes over the wire between the page and the service."""

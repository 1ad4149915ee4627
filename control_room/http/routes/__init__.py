"""One module a noun; each has a `router`. A route reads the request, calls a use case and answers."""

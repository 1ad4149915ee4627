"""One module a noun; each has a `router`. A route reads the request, asks `access`, and calls the desk."""

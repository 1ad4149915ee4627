"""`python -m mux.transcoder`: started by mux, speaks to it over its standard input and output."""

from mux.transcoder.child import main

main()

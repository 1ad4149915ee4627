"""Whether somebody may do something, and what follows: a refusal, a grant, a ticket, a lease."""

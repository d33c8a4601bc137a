"""Tools that write plans for people: the blank plan."""

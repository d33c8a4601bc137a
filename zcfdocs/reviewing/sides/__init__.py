"""Both sides of a change: a range of commits, and plans as they are at one of them."""

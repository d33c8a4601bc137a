"""What differs between two versions of a plan, and what it does."""

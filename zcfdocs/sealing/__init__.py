"""Copies that nobody can change unseen: signed, packed, verified, received."""

"""The bureau's own papers: reviews, letters, lists and forms; never part of a factory's copies or of the public site."""

"""The Chinese names of what a review speaks of."""

"""The record of plans: their versions one by one, and a district at a day."""

"""The comment on a pull request, on any forge."""

"""When each plan came to each stage: one pass over the first parents of a repository, for all plans at once, kept by commit (git-and-web 5)."""

from zcfdocs.history.moments import History, Moment, history, history_at, identity

__all__ = ["History", "Moment", "history", "history_at", "identity"]

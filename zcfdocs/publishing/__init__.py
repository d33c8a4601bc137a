"""The proof that a plan is published: its page fetched, compared with the site's own word and the plan, recorded."""

from zcfdocs.publishing.capture import Local, compare, record_of
from zcfdocs.publishing.fetching import Fetched, fetch

__all__ = ["Fetched", "Local", "compare", "fetch", "record_of"]

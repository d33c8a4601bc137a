"""The proof that a plan is published: its page fetched, compared with the site's own word and the plan, stamped, printed, and judged."""

from zcfdocs.publishing.capture import Local, compare, proof, record_of
from zcfdocs.publishing.fetching import Fetched, fetch
from zcfdocs.publishing.judging import Versions, judge_publication, versions_in

__all__ = ["Fetched", "Local", "Versions", "compare", "fetch", "judge_publication", "proof", "record_of", "versions_in"]

"""review.yaml of the bureaus (zcf-reviews/1): what they wrote, what is wrong with it, and what of it stands beside the factory's score."""

from zcfdocs.reviews.checks import beside, judged
from zcfdocs.reviews.opinions import AGES, Beside, Heard, Mark, Opinions, PhaseOpinions, Spread, Sum, Voice, opinions, spread, with_reviews
from zcfdocs.reviews.reading import NAME, ReadReviews, read_bytes, read_reviews
from zcfdocs.reviews.review import NO_REVIEWS, ROLES, Request, Review, ReviewedRequirement, ReviewedRow, Reviews, VisitNotes, is_of

__all__ = [
    "AGES",
    "NAME",
    "NO_REVIEWS",
    "ROLES",
    "Beside",
    "Heard",
    "Mark",
    "Opinions",
    "PhaseOpinions",
    "ReadReviews",
    "Request",
    "Review",
    "ReviewedRequirement",
    "ReviewedRow",
    "Reviews",
    "Spread",
    "Sum",
    "VisitNotes",
    "Voice",
    "beside",
    "is_of",
    "judged",
    "opinions",
    "read_bytes",
    "read_reviews",
    "spread",
    "with_reviews",
]

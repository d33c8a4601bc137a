"""What a site says of a published page, and the record of having fetched it: nouns and their JSON, nothing is read or judged here."""

from zcfdocs.publication.integrity import DATA, INTEGRITY, PAGE, Integrity
from zcfdocs.publication.record import LARGEST, PROOF, RECORD, STAMP, Record, contradictions, same_address

__all__ = ["DATA", "INTEGRITY", "LARGEST", "PAGE", "PROOF", "RECORD", "STAMP", "Integrity", "Record", "contradictions", "same_address"]

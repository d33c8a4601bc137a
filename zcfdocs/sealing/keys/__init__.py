"""Where a private key comes from, and whether its certificate may sign: PKCS#12 file, PKCS#11 token, or one thrown away after a trial."""

from zcfdocs.sealing.keys.opening import open_key
from zcfdocs.sealing.keys.preflight import refusals
from zcfdocs.sealing.keys.secret import Secret
from zcfdocs.sealing.keys.signatory import Signatory

__all__ = ["Secret", "Signatory", "open_key", "refusals"]

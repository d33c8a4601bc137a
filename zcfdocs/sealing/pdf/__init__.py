"""PAdES signatures in the fields a PDF has prepared for them: made (signing), judged (judging), renewed (renewing)."""

import logging

for _name in ("pyhanko", "pyhanko_certvalidator"):  # what they log with tracebacks is said by checks in Chinese
    logging.getLogger(_name).addHandler(logging.NullHandler())

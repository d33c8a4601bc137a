"""PDF by WeasyPrint: PDF/A-3a, tagged, with the fonts of the theme and no others; finished with page codes and signature fields."""

from zcfdocs.printing.pdf.codes import PageCode
from zcfdocs.printing.pdf.printer import Paper, print_pdf

__all__ = ["PageCode", "Paper", "print_pdf"]

"""`python -m zcfdocs.cli`."""

from zcfdocs.cli import main

main()

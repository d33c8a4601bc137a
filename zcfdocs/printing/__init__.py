"""Printers: from a manuscript or dossier to the bytes of a file."""

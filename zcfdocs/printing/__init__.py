"""Printers: from a manuscript or dossier to artifacts, nothing written to disk."""

"""Who may change what, and when: code owners, roles, signatures, stages, files."""

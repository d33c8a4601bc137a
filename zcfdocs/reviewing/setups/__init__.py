"""Set-ups of a repository of plans for review: files for a forge or a plain git server, and whether what is there still holds."""

"""The public site: staged as Markdown, HTML and data, built by mkdocs-material, previewed while plans are edited."""

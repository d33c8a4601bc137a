"""The forms of a review: one telling in Chinese printed as Markdown, HTML and text, and the findings in each forge's own format."""

"""The bureaus' own papers: the letter of recommendation, its list, forms of review; never among a factory's copies or on the public site."""

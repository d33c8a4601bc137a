"""The package a factory hands in: a zip that is a BagIt bag, its provenance and its checklist; read from outside, it is judged, not trusted."""

"""What a change does, said before it is merged: both sides read from git objects, one model (zcf-review/1), many forms."""

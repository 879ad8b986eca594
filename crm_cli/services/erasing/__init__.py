"""The right to erasure, as a person asks for it: what there is, what is done, what cannot be reached."""

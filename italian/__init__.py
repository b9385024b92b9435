"""Italian as citizens write it: spelling, tokens, lemmas and the lay words of a hospital."""

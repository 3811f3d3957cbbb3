"""Which record of another service is ours: facts, candidates, and how sure we may be."""

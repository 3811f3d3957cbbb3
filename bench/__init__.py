"""How fast and how big Gatefold is, measured against the least that could do the same work."""

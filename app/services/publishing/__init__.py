"""Publishing a shelf as the content of a Hugo site: read once, rendered, written file by file."""

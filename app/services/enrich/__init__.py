"""The enrichment job's steps: what is asked of whom, and what becomes of the answers."""

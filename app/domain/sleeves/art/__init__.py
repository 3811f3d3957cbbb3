"""The compositions: what a sleeve's picture can be."""

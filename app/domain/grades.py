"""The grades Discogs knows for a record and its sleeve, the best first."""

from __future__ import annotations

from typing import Final

MEDIA: Final = (
    "Mint (M)",
    "Near Mint (NM or M-)",
    "Very Good Plus (VG+)",
    "Very Good (VG)",
    "Good Plus (G+)",
    "Good (G)",
    "Fair (F)",
    "Poor (P)",
)
SLEEVE: Final = (*MEDIA, "Generic", "Not Graded", "No Cover")

"""Reading the CSV export of Discogs' website, also after a spreadsheet has had its way with it."""

from app.domain.discogs_csv.columns import DISCOGS_COLUMNS, Columns
from app.domain.discogs_csv.decoding import ENCODING_LABELS, Decoding
from app.domain.discogs_csv.export_file import MOST_ROWS, ExportFile
from app.domain.discogs_csv.formats import artist_credit, label_pairs, pair_labels, parse_format
from app.domain.discogs_csv.rows import ExportRow, RowProblem

__all__ = [
    "DISCOGS_COLUMNS",
    "ENCODING_LABELS",
    "MOST_ROWS",
    "Columns",
    "Decoding",
    "ExportFile",
    "ExportRow",
    "RowProblem",
    "artist_credit",
    "label_pairs",
    "pair_labels",
    "parse_format",
]

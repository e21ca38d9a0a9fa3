"""Figures as a spreadsheet: CSV that Excel opens in Chinese, and workbooks.

No cell of either is a formula, whatever a document says.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.figures.table import COLUMNS, Figures
from qa.schema import Figure
from qa.visible import visible
from qa.writing import write_whole

BOM = "\ufeff"
"""What Excel knows UTF-8 by."""
_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n]")
_PLAIN = re.compile(r"[-+]?\d[\d.,]*\s?[%％]?")
ROWS = 1_048_575
"""Rows that a sheet of Excel has, beside that of the headers."""
_LONGEST = 32_767
"""Characters that a cell of Excel holds."""
_WIDTHS = {"subject": 18, "metric": 18, "sentence": 60, "document": 24, "period": 14, "base_number": 18}


def cell(text: str) -> str:
    """Text that a spreadsheet takes for text: what would be a formula begins with an apostrophe.

    >>> cell("=1+1"), cell("-3.4%"), cell("总投资")
    ("'=1+1", '-3.4%', '总投资')
    """
    shown = visible(text, "\n\t")
    return "'" + shown if _FORMULA.match(shown) and not _PLAIN.fullmatch(shown) else shown


def to_csv(figures: Sequence[Figure]) -> str:
    """A CSV text with a header, without a BOM; numbers exactly as the document scales them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in _rows(figures):
        writer.writerow({name: cell(held) if isinstance(held, str) else held for name, held in row.items()})
    return out.getvalue()


def to_xlsx(figures: Sequence[Figure], path: str | Path) -> None:
    """Write a workbook of one sheet: a header that stays in view, numbers as numbers, texts as texts.

    Raises InputError where the figures are more than a sheet holds, or the file cannot be written.
    """
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    if len(figures) > ROWS:
        raise InputError(f"A sheet has {ROWS:,} rows, these are {len(figures):,} figures. Choose fewer.")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("figures")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(figures) + 1}"
    for at, name in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(name, 10)
    sheet.append([_written(sheet, name, Font(bold=True)) for name in COLUMNS])
    for row in _rows(figures):
        sheet.append([_written(sheet, row[name]) for name in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    try:
        write_whole(Path(path), out.getvalue())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        text = f"'{visible(str(path))}' cannot be written ({reason}). Name another file."
        raise InputError(text) from error


def _rows(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    return (figures if isinstance(figures, Figures) else Figures(figures)).rows()


def _written(sheet: Any, value: object, font: Any = None) -> Any:
    """A cell of a workbook; a text is one whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        made = WriteOnlyCell(sheet, visible(value)[:_LONGEST])
        made.data_type = "s"
    else:
        made = WriteOnlyCell(sheet, float(value) if isinstance(value, Decimal) else value)
    if font:
        made.font = font
    return made

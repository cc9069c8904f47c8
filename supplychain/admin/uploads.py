"""A file of rows between upload, preview and signature, and the rows of it that failed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from supplychain.admin.carried import Carried, bring
from supplychain.admin.listing import as_csv
from supplychain.domain.conditions import RowError
from supplychain.formats.rows import failed_rows

_FAULTS = ("row", "column", "value", "rule", "fix")


class UploadForm(forms.Form):
    """A form with a file that is uploaded once: `brought` is the file, also when it comes back.

    Subclasses put what was wrong with single rows into `row_errors`.
    """

    file = forms.FileField(
        label="File",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.json,text/csv,application/json"}),
    )
    carried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.brought: Carried | None = None
        self.row_errors: Sequence[RowError] = ()
        self.fault = ""
        if data is not None:
            data = data.copy()
            self.brought, self.fault = bring(data, files)
        super().__init__(data, **more)

    def clean_file(self) -> None:
        """It is there, now or from before, unless the form does without."""
        if self.fault:
            raise forms.ValidationError(self.fault)


def as_failed_rows(name: str, content: bytes, errors: Sequence[RowError]) -> HttpResponse:
    """The rows of a CSV that failed, as they came, to mend; of other files the faults."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        rows = [(one.row, one.column, one.value, one.rule, one.fix) for one in errors]
        return as_csv(name, _FAULTS, rows)
    header, *lines = failed_rows(content, errors)
    return as_csv(name, header, lines)

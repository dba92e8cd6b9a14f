"""Read the European Union's consolidated list: `csvFullSanctionsList_1_1` (118 columns) or `xmlFullSanctionsList_1_1`.

The columns are documented at https://github.com/moov-io/watchman/blob/master/pkg/sources/csl_eu/csl.go, the elements at
https://github.com/opensanctions/opensanctions/blob/main/zavod/zavod/shed/fsf.py (namespace http://eu.europa.ec/fpi/fsd/export).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from thalweg.evidence import BadInput
from thalweg.sources import cells
from thalweg.sources.eu.subject import Subject, birth, take
from thalweg.sources.files import RawFile, child_text, rows, xml_root
from thalweg.sources.lookups import Lookups
from thalweg.sources.places import Places
from thalweg.sources.reading import Collected, Reading, joined

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ID: Final = "eu"
COLUMNS: Final = [
    "fileGenerationDate",
    "Entity_LogicalId",
    "Entity_EU_ReferenceNumber",
    "Entity_DesignationDate",
    "Entity_Remark",
    "Entity_SubjectType",
    "Entity_SubjectType_ClassificationCode",
    "Entity_Regulation_PublicationDate",
    "Entity_Regulation_NumberTitle",
    "Entity_Regulation_Programme",
    "Entity_Regulation_PublicationUrl",
    "NameAlias_LastName",
    "NameAlias_FirstName",
    "NameAlias_MiddleName",
    "NameAlias_WholeName",
    "NameAlias_Remark",
    "Address_City",
    "Address_Street",
    "Address_PoBox",
    "Address_ZipCode",
    "Address_CountryIso2Code",
    "Address_CountryDescription",
    "BirthDate_BirthDate",
    "BirthDate_Day",
    "BirthDate_Month",
    "BirthDate_Year",
    "BirthDate_YearRangeFrom",
    "BirthDate_YearRangeTo",
    "BirthDate_Circa",
    "Identification_Number",
    "Identification_TypeCode",
    "Identification_CountryIso2Code",
    "Citizenship_CountryIso2Code",
    "Citizenship_CountryDescription",
]


def recognizes(file: RawFile) -> bool:
    """Tell whether a file is the list in one of its two forms."""
    head = file.head()
    return "<sanctionEntity" in head or "http://eu.europa.ec/fpi/fsd/export" in head or head.startswith("fileGenerationDate;")


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the list, and the day on which the file was made.

    Raises:
        BadInput: naming the column or attribute that is missing.
    """
    subjects, made = _from_xml(file) if file.head().lstrip().startswith("<") else _from_rows(file)
    places = Places(lookups)
    found = Collected()
    for subject in subjects:
        if entry := subject.entry(places):
            found.add(entry)
    return found.reading(made)


# ---------------------------------------------------------------- CSV


def _from_rows(file: RawFile) -> tuple[Iterable[Subject], dt.date | None]:
    subjects: dict[str, Subject] = {}
    made: dt.date | None = None
    for line, row in rows(file, ID, COLUMNS, delimiter=";", strict=False):
        number = row["Entity_LogicalId"].strip()
        if not number:
            raise BadInput(
                f"{file.name}: line {line}: {ID}: 'Entity_LogicalId' is empty; the form of the list has changed, so it is not read"
            )
        made = made or _day(row["fileGenerationDate"])
        _take_row(subjects.setdefault(number, Subject(number)), row)
    return subjects.values(), made


def _take_row(subject: Subject, row: Mapping[str, str]) -> None:
    subject.reference = subject.reference or row["Entity_EU_ReferenceNumber"].strip()
    subject.designated = subject.designated or _iso(row["Entity_DesignationDate"])
    subject.url = subject.url or row["Entity_Regulation_PublicationUrl"].strip()
    take(subject.kinds, row["Entity_SubjectType"], row["Entity_SubjectType_ClassificationCode"])
    take(subject.remarks, row["Entity_Remark"])
    take(subject.programs, row["Entity_Regulation_Programme"])
    take(subject.regulations, row["Entity_Regulation_NumberTitle"])
    if published := _day(row["Entity_Regulation_PublicationDate"]):
        subject.published.add(published)
    parts = joined((row["NameAlias_FirstName"], row["NameAlias_MiddleName"], row["NameAlias_LastName"]), " ")
    weak = "low quality" in row["NameAlias_Remark"].casefold()
    take(subject.weak_names if weak else subject.names, row["NameAlias_WholeName"] or parts)
    country = row["Address_CountryDescription"].strip()
    address = (
        row["Address_Street"],
        row["Address_PoBox"],
        row["Address_City"],
        row["Address_ZipCode"],
        "" if country == "UNKNOWN" else country,
    )
    take(subject.addresses, joined(address))
    take(subject.places, _country(row, "Address"), _country(row, "Citizenship"))
    dates = ("BirthDate", "Year", "Month", "Day", "YearRangeFrom", "YearRangeTo", "Circa")
    take(subject.births, birth(*(row[f"BirthDate_{d}"].strip() for d in dates)))
    if number := cells.clean(row["Identification_Number"]):
        subject.documents[row["Identification_TypeCode"].strip(), number, row["Identification_CountryIso2Code"].strip()] = None


def _country(row: Mapping[str, str], of: str) -> str:
    code, name = row[f"{of}_CountryIso2Code"].strip(), row[f"{of}_CountryDescription"].strip()
    return code if len(code) == 2 and code != "00" else name


def _iso(text: str) -> str:
    """Return a date of the list as ISO; it writes both 2026-10-08 and 08/10/2026."""
    return day.isoformat() if (day := _day(text)) else ""


def _day(text: str) -> dt.date | None:
    clean = text.strip()[:10]
    try:
        return dt.datetime.strptime(clean, "%d/%m/%Y").date() if "/" in clean else dt.date.fromisoformat(clean)  # noqa: DTZ007  (a day, no time)
    except ValueError:
        return None


# ---------------------------------------------------------------- XML


def _from_xml(file: RawFile) -> tuple[Iterable[Subject], dt.date | None]:
    root = xml_root(file)
    subjects: list[Subject] = []
    for number, element in enumerate(root.iter("sanctionEntity"), 1):
        if not (element.get("logicalId") or element.get("euReferenceNumber")):
            raise BadInput(
                f"{file.name}: sanctionEntity {number:,}: {ID}: 'logicalId' is missing; the form of the list has changed, so it is not read"
            )
        subjects.append(_subject(element))
    return subjects, _day(root.get("generationDate") or "")


def _subject(element: Element) -> Subject:
    subject = Subject(
        element.get("logicalId") or "", element.get("euReferenceNumber") or "", designated=_iso(element.get("designationDate") or "")
    )
    take(subject.remarks, *(r.text for r in element.findall("remark")))
    for kind in element.findall("subjectType"):
        take(subject.kinds, kind.get("code"), kind.get("classificationCode"))
    for regulation in element.findall("regulation"):
        take(subject.programs, regulation.get("programme"))
        take(subject.regulations, regulation.get("numberTitle"))
        subject.url = subject.url or child_text(regulation, "publicationUrl")
        if published := _day(regulation.get("publicationDate") or ""):
            subject.published.add(published)
    for name in element.findall("nameAlias"):
        parts = joined((name.get("firstName"), name.get("middleName"), name.get("lastName")), " ")
        weak = name.get("strong") == "false" or "low quality" in child_text(name, "remark").casefold()
        take(subject.weak_names if weak else subject.names, name.get("wholeName") or parts)
    for address in element.findall("address"):
        named = "" if address.get("countryDescription") == "UNKNOWN" else address.get("countryDescription")
        where = (address.get("street"), address.get("poBox"), address.get("city"), address.get("zipCode"), address.get("region"), named)
        take(subject.addresses, joined(where))
    for place in (*element.findall("address"), *element.findall("citizenship")):
        code = place.get("countryIso2Code") or ""
        take(subject.places, code if len(code) == 2 and code != "00" else place.get("countryDescription"))
    for born in element.findall("birthdate"):
        parts_of = ("birthdate", "year", "monthOfYear", "dayOfMonth", "yearRangeFrom", "yearRangeTo", "circa")
        take(subject.births, birth(*((born.get(p) or "") for p in parts_of)))
    for document in element.findall("identification"):
        if number := cells.clean(document.get("number") or document.get("latinNumber") or ""):
            subject.documents[document.get("identificationTypeCode") or "", number, document.get("countryIso2Code") or ""] = None
    return subject

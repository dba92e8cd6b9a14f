"""Read the Consolidated Screening List: the official 29 columns as CSV, TSV or JSON, or the extract of 13 columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from thalweg.evidence import BadInput, nearest
from thalweg.nouns.listing import Identifier, ListEntry, PartyType
from thalweg.sources import cells
from thalweg.sources.births import birth_dates
from thalweg.sources.files import RawFile, json_value, rows
from thalweg.sources.identifiers import identifier, kind_of, unique_identifiers
from thalweg.sources.keys import entry_key
from thalweg.sources.lookups import Lookups
from thalweg.sources.names import Printed, printed_aliases, printed_name
from thalweg.sources.places import US_STATES, Places
from thalweg.sources.reading import Collected, Reading, joined, note

ID: Final = "csl"
FULL: Final = [
    "_id",
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "standard_order",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "source_list_url",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "source_information_url",
    "ids",
]
EXTRACT: Final = [
    "source_code",
    "source",
    "name",
    "alt_names",
    "type",
    "countries",
    "entity_number",
    "programs",
    "license_requirement",
    "license_policy",
    "federal_register_notice",
    "source_list_url",
]

# The publisher names each list by its title with a code in parentheses.
_LISTS: Final = {
    "EL": "entity_list",
    "MEU": "meu",
    "UVL": "uvl",
    "DPL": "dpl",
    "SDN": "sdn",
    "SSI": "ssi",
    "FSE": "fse",
    "PLC": "plc",
    "CAP": "cap",
    "CMIC": "cmic",
    "NS-MBS": "ns_mbs",
    "DTC": "dtc",
    "ISN": "isn",
}
_TYPES: Final[dict[str, PartyType]] = {"": "", "individual": "individual", "entity": "entity", "vessel": "vessel", "aircraft": "aircraft"}
# Names of these lists are sorted surname first by their issuer, and are not taken apart.
_OFAC: Final = frozenset({"sdn", "ssi", "fse", "plc", "cap", "cmic", "ns_mbs"})
# Their entries cite the notices of their issuer and have no dates of their own; the start date is the publisher's of the screening list.
_BY_NOTICE: Final = frozenset({"entity_list", "meu", "uvl"})
_CODE: Final = re.compile(r"\(([A-Z-]+)(?: List)?\)")
_ADDRESS_END: Final = re.compile(r"(?:(?<=, [A-Z]{2})|(?<=^[A-Z]{2})|(?<=; [A-Z]{2})); ")
_STATE_END: Final = re.compile(r", ([A-Z]{2}), \d{5,6}$")
_COUNTRY_END: Final = re.compile(r"(?:^|, )([A-Z]{2})$")
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}$")
_LISTING_DATE: Final = re.compile(r"(\d{1,2} [A-Z][a-z]{2} \d{4}), Listing Date \(CMIC\)")


def recognizes(file: RawFile) -> bool:
    """Tell whether a file begins as the screening list does."""
    head = file.head()
    if head.lstrip().startswith("{"):
        return '"results"' in head or '"federal_register_notice"' in head
    header = head.partition("\n")[0].lower()
    return "federal_register_notice" in header and "source_list_url" in header


def read(file: RawFile, lookups: Lookups) -> Reading:
    """Return the entries of the file by list id, in its order. The list states no date.

    Raises:
        BadInput: naming the column that is missing, or the list or type that is not known.
    """
    head = file.head().lstrip()
    found, places = Collected(), Places(lookups)
    if head.startswith("{"):
        lines, separator = _results(file), "\x1f"
    else:
        header = head.partition("\n")[0]
        extract = "source_code" in header
        separator = " | " if extract else "; "
        lines = rows(file, ID, EXTRACT if extract else FULL, delimiter="\t" if "\t" in header else ",")
    for number, row in lines:
        try:
            found.add(_entry(row, lookups, places, separator))
        except BadInput as error:
            raise BadInput(f"{file.name}: line {number}: {error}") from error
    return found.reading()


# ---------------------------------------------------------------- one row


def _entry(row: Mapping[str, str], lookups: Lookups, places: Places, separator: str) -> ListEntry:
    list_id = _list_id(row)
    printed = Printed(cells.clean(row["name"])) if list_id in _OFAC else printed_name(row["name"])
    name = printed.name
    alt_names = cells.parts(row["alt_names"], separator)
    aliases = alt_names if list_id in _OFAC else printed_aliases(alt_names)
    addresses = _addresses(row.get("addresses", ""), separator)
    countries, unread = places.codes([*_countries(row, addresses, separator), printed.place])
    ids = row.get("ids", "")
    births, born = birth_dates(row.get("dates_of_birth", ""), separator if separator == "\x1f" else "; ")
    cited = cells.notices(row["federal_register_notice"])
    mark = _LISTING_DATE.search(ids)
    own = cells.full_date(row.get("start_date", "")) or (cells.full_date(mark[1]) if mark else None)
    listed_on, basis, dated = cells.listing_date(own, cited, lookups, by_notice=list_id in _BY_NOTICE)
    requirement = cells.clean(row["license_requirement"])
    remarks = cells.clean(row.get("remarks", ""))
    flag = cells.clean(row.get("vessel_flag", ""))
    is_entity_list = list_id == "entity_list"
    return ListEntry(
        list=list_id,
        entry_id=cells.clean(row["entity_number"]) or entry_key(list_id, row["name"], countries),
        name=name,
        aliases=tuple(a for a in dict.fromkeys((*printed.aliases, *aliases)) if a != name),
        type=_type(row["type"]) or printed.kind,
        countries=countries,
        addresses=addresses,
        address_only=is_entity_list and cells.is_address(name),
        birth_dates=births,
        identifiers=_identifiers(ids, separator),
        programs=cells.parts(row["programs"], separator if separator == "\x1f" else "; "),
        footnotes=cells.footnotes(requirement) if is_entity_list else (),
        license_requirement=requirement,
        license_policy=cells.clean(row["license_policy"]),
        notices=tuple(n.citation for n in cited),
        listed_on=listed_on,
        listed_basis=basis,
        ends_on=cells.full_date(row.get("end_date", "")),
        linked_to=cells.unique((*printed.parents, *cells.linked_to(remarks))),
        remarks=joined((remarks, f"flag: {flag}" if flag else ""), "; "),
        note=note(dated, unread, born, printed.note),
        url=row["source_list_url"].strip(),
    )


def _list_id(row: Mapping[str, str]) -> str:
    code = (row.get("source_code") or "").strip()
    if not code:
        mark = _CODE.search(row["source"])
        code = mark[1] if mark else row["source"]
    if known := _LISTS.get(code):
        return known
    raise BadInput(
        f"{ID}: source {row['source'] or code!r} is a list that is not known here{nearest(code, _LISTS)}; known are {', '.join(_LISTS)}"
    )


def _type(text: str) -> PartyType:
    known = _TYPES.get(text.strip().lower())
    if known is None:
        raise BadInput(f"{ID}: type {text!r} is not known; known are {', '.join(t.capitalize() for t in _TYPES if t)}")
    return known


def _addresses(cell: str, separator: str) -> tuple[str, ...]:
    if separator == "\x1f":
        return cells.parts(cell, separator)
    return tuple(dict.fromkeys(a for a in map(cells.clean, _ADDRESS_END.split(cell)) if a and a != '""')) if cell else ()


def _countries(row: Mapping[str, str], addresses: tuple[str, ...], separator: str) -> list[str]:
    """Return what a row says of countries: its column of them, else the ends of its addresses and whose national the party is."""
    if "countries" in row:
        return row["countries"].split(";")
    inside = separator if separator == "\x1f" else "; "
    written = [place for a in addresses if (place := _address_country(a))]
    return [*written, *cells.parts(row["nationalities"], inside), *cells.parts(row["citizenships"], inside)]


def _address_country(address: str) -> str:
    """Return the country at the end of an address; a state with its postal code is in the United States."""
    if mark := _STATE_END.search(address):
        return "US" if mark[1] in US_STATES else ""
    mark = _COUNTRY_END.search(address)
    return mark[1] if mark else ""


def _identifiers(cell: str, separator: str) -> tuple[Identifier, ...]:
    """Read `CN, 91110000MA005UCQ5P, Unified Social Credit Code (USCC)`: country and dates where known, number, what it is."""
    if not cell or cell == '""':
        return ()
    return unique_identifiers(map(_identifier, cell.split(separator)))


def _identifier(item: str) -> Identifier | None:
    fields = [cells.clean(f) for f in item.split(", ")]
    kind = kind_of(fields[-1])
    if kind is None or len(fields) < 2:
        return None
    values = fields[:-1]
    country = values.pop(0) if len(values) > 1 and len(values[0]) == 2 and values[0].isupper() else ""
    while len(values) > 1 and _ISO_DAY.match(values[0]):
        values.pop(0)
    return identifier(kind, ", ".join(values), country)


# ---------------------------------------------------------------- JSON


def _results(file: RawFile) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each result of the JSON form as a row of the 29 columns; several values are joined by a character that no text has."""
    data = json_value(file)
    results = data.get("results") if isinstance(data, dict) else None
    if not isinstance(results, list):
        raise BadInput(f"{file.name}: {ID}: 'results' is missing; the form of the list has changed, so it is not read")
    for number, result in enumerate(results, 1):
        if not isinstance(result, dict) or not {"source", "name"} <= result.keys():
            raise BadInput(
                f"{file.name}: result {number:,}: {ID}: 'source' or 'name' is missing; the form of the list has changed, so it is not read"
            )
        yield number, _row(result, f"{file.name}: result {number:,}")


def _row(result: Mapping[str, Any], where: str) -> dict[str, str]:
    row = dict.fromkeys(FULL, "")
    for key, value in result.items():
        if key in row and value is not None:
            row[key] = "\x1f".join(str(v) for v in value if not isinstance(v, dict)) if isinstance(value, list) else str(value)
    row["addresses"] = "\x1f".join(_address(a) for a in _members(result, "addresses", where))
    row["ids"] = "\x1f".join(_id(i) for i in _members(result, "ids", where))
    return row


def _members(result: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    members = result.get(key) or []
    if not isinstance(members, list):
        raise BadInput(f"{where}: {ID}: {key!r} is no list; the form of the list has changed, so it is not read")
    return [m for m in members if isinstance(m, dict)]


def _address(address: Mapping[str, Any]) -> str:
    region = address.get("state_or_province") or address.get("state")
    return _joined(address.get("address"), address.get("city"), region, address.get("postal_code"), address.get("country"))


def _id(item: Mapping[str, Any]) -> str:
    return _joined(item.get("country"), item.get("expiration_date"), item.get("issue_date"), item.get("number"), item.get("type"))


def _joined(*values: Any) -> str:
    """Join texts and numbers; what is neither says nothing."""
    return joined(str(v) if isinstance(v, int | float) else v if isinstance(v, str) else None for v in values)

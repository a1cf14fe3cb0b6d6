"""Says what differs between files and their transcoded copies, as pydicom reads them.

Usage: same_data_set.py < pairs, one JSON array [original, copy] per line; prints one JSON line per pair:
{"copy", "differences": [...]}. Pixel data and what describes its compression are left out; pixels are compared elsewhere.
"""

import json
import sys
import warnings

import pydicom
from pydicom.dataelem import DataElement
from pydicom.sequence import Sequence

warnings.simplefilter("ignore")

PIXELS = {0x7FE00010, 0x7FE00001, 0x7FE00002, 0x00280004, 0x00280006}


def value_of(element):
    value = element.value
    if isinstance(value, bytes):
        return value.rstrip(b"\0 ")
    return "" if value is None else str(value).rstrip("\0 ")


def compare(original, copy, path, differences):
    # Group lengths are retired, padding at the end is no content.
    wanted = {element.tag for element in original if element.tag.element != 0 and element.tag != 0xFFFCFFFC}
    found = {element.tag for element in copy if element.tag != 0xFFFCFFFC}
    for tag in wanted ^ found:
        if tag not in PIXELS:
            differences.append(f"{path}{tag}: {'missing' if tag in wanted else 'added'}")
    for tag in wanted & found:
        if tag in PIXELS:
            continue
        one, other = original[tag], copy[tag]
        if isinstance(one.value, Sequence) and isinstance(other.value, Sequence):
            if len(one.value) != len(other.value):
                differences.append(f"{path}{tag}: {len(one.value)} items became {len(other.value)}")
            for index, (first, second) in enumerate(zip(one.value, other.value)):
                compare(first, second, f"{path}{tag}[{index}].", differences)
        elif value_of(one) != value_of(other):
            known = DataElement.__name__ and one.VR == "UN" or other.VR == "UN"
            if not known:
                differences.append(f"{path}{tag}: {one.VR} {value_of(one)!r:.60} became {other.VR} {value_of(other)!r:.60}")


for line in sys.stdin:
    original, copy = json.loads(line)
    differences = []
    try:
        compare(pydicom.dcmread(original, force=True), pydicom.dcmread(copy), "", differences)
    except Exception as error:
        differences.append(f"{type(error).__name__}: {error}")
    print(json.dumps({"copy": copy, "differences": differences}), flush=True)

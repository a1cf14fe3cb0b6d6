"""Says what differs between files and their transcoded copies, as pydicom reads them.

Usage: same_data_set.py < pairs, one JSON array [original, copy] per line; prints one JSON line per pair:
{"copy", "differences": [...]}. Pixel data and what describes its compression are left out; pixels are compared elsewhere.
"""

import json
import sys
import warnings

import pydicom
from pydicom.sequence import Sequence

warnings.simplefilter("ignore")

PIXELS = {0x7FE00010, 0x7FE00001, 0x7FE00002, 0x00280004, 0x00280006}


# Values pydicom hands over as bytes in the order of the file.
WORDS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}


def value_of(element, is_little_endian):
    value = element.value
    if isinstance(value, bytes):
        width = 1 if is_little_endian else WORDS.get(element.VR, 1)
        turned = b"".join(value[at : at + width][::-1] for at in range(0, len(value), width))
        return turned.rstrip(b"\0 ")
    return "" if value is None else str(value).rstrip("\0 ")


def compare(original, copy, path, differences, is_little_endian):
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
                compare(first, second, f"{path}{tag}[{index}].", differences, is_little_endian)
        elif "UN" not in (one.VR, other.VR):
            before, after = value_of(one, is_little_endian), value_of(other, True)
            if before != after:
                differences.append(f"{path}{tag}: {one.VR} {before!r:.60} became {other.VR} {after!r:.60}")


for line in sys.stdin:
    original, copy = json.loads(line)
    differences = []
    try:
        before = pydicom.dcmread(original, force=True)
        compare(before, pydicom.dcmread(copy), "", differences, before.is_little_endian is not False)
    except Exception as error:
        differences.append(f"{type(error).__name__}: {error}")
    print(json.dumps({"copy": copy, "differences": differences}), flush=True)

"""One line of JSON for each DICOM file named on standard input: {"file", "json"}.

The DICOM JSON Model as pydicom makes it, with values longer than our headers keep as bulk data.
"""
import json
import math
import sys
import warnings

import pydicom

HEADER_VALUE_BYTES = 65536


def without_nan(value):
    """Python writes NaN where JSON has none."""
    if isinstance(value, dict):
        return {key: without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [without_nan(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
for line in sys.stdin:
    file = line.rstrip("\n")
    dataset = pydicom.dcmread(file, force=True)
    model = dataset.to_json_dict(HEADER_VALUE_BYTES + 1, lambda element: "bulk", suppress_invalid_tags=True)
    print(json.dumps({"file": file, "json": without_nan(model)}, allow_nan=False))

"""Prints what pydicom finds in the still whose path comes on standard input."""
import hashlib
import json
import sys

import pydicom

data_set = pydicom.dcmread(sys.stdin.read().strip())
centre = data_set.ImageCenterPointCoordinatesSequence[0]
optical_path = data_set.OpticalPathSequence[0]
pixels = data_set.pixel_array
print(
    json.dumps(
        [
            data_set.PatientName.ideographic,
            data_set.ContainerIdentifier,
            data_set.SpecimenDescriptionSequence[0].SpecimenIdentifier,
            float(centre.XOffsetInSlideCoordinateSystem),
            float(centre.YOffsetInSlideCoordinateSystem),
            float(centre.ZOffsetInSlideCoordinateSystem),
            float(optical_path.ObjectiveLensPower),
            float(optical_path.ObjectiveLensNumericalAperture),
            optical_path.ICCProfile[36:40].decode(),
            [float(value) for value in data_set.PixelSpacing],
            pixels.shape,
            hashlib.sha256(pixels.tobytes()).hexdigest(),
        ]
    )
)

"""Decodes DICOM files with other people's decoders, for comparison with ours.

Usage: pixels.py TARGET_FOLDER FILE...

Writes the values of up to 24 frames of each file into TARGET_FOLDER and prints one JSON line per file:
{"file", "decoder", "frames": [{"number", "kind": "grey" | "colour", "data", "rows", "columns"}]} or {"file", "skipped": reason}.
Grey frames are 64-bit floats in modality units, colour frames 8-bit red, green, blue.
Runs with Debian's /usr/bin/python3 (python3-pydicom, python3-numpy), DCMTK and OpenJPEG.
"""

import json
import os
import subprocess
import sys
import tempfile
import zlib

import numpy
import pydicom
from pydicom.encaps import decode_data_sequence, defragment_data
from pydicom.pixel_data_handlers import numpy_handler, rle_handler
from pydicom.pixel_data_handlers.util import apply_color_lut, convert_color_space, reshape_pixel_array
from pydicom.uid import ImplicitVRLittleEndian

MAXIMUM_FRAMES = 24

JPEG = {"1.2.840.10008.1.2.4." + end for end in ("50", "51", "53", "55", "57", "70")}
JPEG_LS = {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"}
WAVELETS = {"1.2.840.10008.1.2.4." + end for end in ("90", "91", "201", "202", "203")}
LOSSY = {"1.2.840.10008.1.2.4." + end for end in ("50", "51", "53", "55", "81", "91", "203")}
RLE = "1.2.840.10008.1.2.5"
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"


class NoReference(Exception):
    pass


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if result.returncode != 0:
        lines = (result.stderr or result.stdout).strip().splitlines()
        raise NoReference(f"{os.path.basename(command[0])}: {lines[-1] if lines else result.returncode}")


def stored_values(path, dataset, syntax, folder):
    """All frames as (frames, rows, columns[, samples]), their photometric interpretation, and who decoded them."""
    photometric = dataset.PhotometricInterpretation
    if syntax in JPEG or syntax in JPEG_LS:
        tool = "dcmdjpeg" if syntax in JPEG else "dcmdjpls"
        plain = os.path.join(folder, "plain.dcm")
        run("/usr/bin/" + tool, path, plain)
        decoded = pydicom.dcmread(plain)
        return shaped(decoded, native(decoded)), decoded.PhotometricInterpretation, "DCMTK " + tool
    if syntax in WAVELETS:
        values, photometric = wavelets(dataset, folder)
        return values, photometric, "OpenJPEG opj_decompress"
    if syntax == RLE:
        return shaped(dataset, rle(dataset)), photometric, "pydicom RLE"
    if syntax == DEFLATED_FRAMES:
        return deflated_frames(dataset), photometric, "zlib"
    if syntax == ENCAPSULATED_UNCOMPRESSED:
        frames = [uncompressed_frame(frame, dataset) for frame in encapsulated_frames(dataset)]
        return numpy.stack(frames), photometric, "pydicom fragments"
    return shaped(dataset, native(dataset)), photometric, "pydicom"


def native(dataset):
    if dataset.get("BitsAllocated") == 8 and not dataset.is_little_endian and dataset["PixelData"].VR == "OW":
        # Words of two pixels, which pydicom 2.3 does not turn.
        words = numpy.frombuffer(dataset.PixelData, dtype=">u2")
        dataset.PixelData = words.astype("<u2").tobytes()
    return reshape_pixel_array(dataset, numpy_handler.get_pixeldata(dataset))


def rle(dataset):
    if dataset.BitsAllocated != 1:
        return reshape_pixel_array(dataset, rle_handler.get_pixeldata(dataset))
    frames = []
    for frame in encapsulated_frames(dataset):
        # pydicom unpacks whole bytes only; segments of packed bits have ceil(pixels / 8) of them.
        start, end = int.from_bytes(frame[4:8], "little"), len(frame)
        packed = numpy.frombuffer(bytes(rle_handler._rle_decode_segment(frame[start:end])), dtype="u1")
        frames.append(unpack_bits(packed, dataset))
    return numpy.stack(frames)


def unpack_bits(packed, dataset):
    bits = numpy.unpackbits(packed, bitorder="little")
    return bits[: dataset.Rows * dataset.Columns].reshape(dataset.Rows, dataset.Columns)


def deflated_frames(dataset):
    inflated = [zlib.decompressobj(-15).decompress(frame) for frame in encapsulated_frames(dataset)]
    return numpy.stack([uncompressed_frame(frame, dataset) for frame in inflated])


def uncompressed_frame(frame, dataset):
    if dataset.BitsAllocated == 1:
        return unpack_bits(numpy.frombuffer(frame, dtype="u1"), dataset)
    dtype = ("<i" if dataset.PixelRepresentation == 1 else "<u") + str(dataset.BitsAllocated // 8)
    rows, columns, samples = dataset.Rows, dataset.Columns, dataset.SamplesPerPixel
    count = rows * columns * samples
    shape = (rows, columns, samples) if samples > 1 else (rows, columns)
    return numpy.frombuffer(frame, dtype=dtype, count=count).reshape(shape)


def encapsulated_frames(dataset):
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    if frames == 1:
        return [defragment_data(dataset.PixelData)]
    fragments = decode_data_sequence(dataset.PixelData)
    if len(fragments) != frames:
        raise NoReference(f"{len(fragments)} fragments for {frames} frames, which pydicom 2.3 does not put together")
    return fragments


def wavelets(dataset, folder):
    frames = []
    rows, columns, samples = dataset.Rows, dataset.Columns, dataset.SamplesPerPixel
    for frame in encapsulated_frames(dataset):
        start = frame.find(b"\xff\x4f\xff\x51")
        if start < 0:
            raise NoReference("no JPEG 2000 code stream")
        codestream = frame[start:]
        depth = codestream[42]
        precision, is_signed = (depth & 0x7F) + 1, depth & 0x80 != 0
        with open(os.path.join(folder, "frame.j2k"), "wb") as file:
            file.write(codestream)
        raw = os.path.join(folder, "frame.rawl")
        run("/usr/bin/opj_decompress", "-i", os.path.join(folder, "frame.j2k"), "-o", raw)
        with open(raw, "rb") as file:
            content = file.read()
        dtype = ("<i" if is_signed else "<u") + ("1" if precision <= 8 else "2")
        values = numpy.frombuffer(content, dtype=dtype).reshape(samples, rows, columns)
        if is_signed and precision not in (8, 16):
            # opj_decompress writes signed values of other depths without their upper bits.
            shift = values.dtype.itemsize * 8 - precision
            values = (values << shift) >> shift
        frames.append(numpy.moveaxis(values, 0, -1) if samples > 1 else values[0])
    values = numpy.stack(frames)
    is_converted = dataset.PhotometricInterpretation in ("YBR_RCT", "YBR_ICT")
    return sign_extended(values, dataset), "RGB" if is_converted else dataset.PhotometricInterpretation


def sign_extended(values, dataset):
    """The header says what the bits mean, whatever the code stream says of its sign."""
    if values.dtype.itemsize == 1 or dataset.SamplesPerPixel > 1:
        return values
    bits = dataset.BitsStored
    if dataset.PixelRepresentation == 1 and values.dtype.kind == "u":
        shift = 16 - bits
        return (values << shift).astype("<i2") >> shift
    return values


def shaped(dataset, values):
    """With a frames axis, whatever the count."""
    samples = dataset.get("SamplesPerPixel", 1)
    wanted = 3 if samples == 1 else 4
    return values if values.ndim == wanted else values[numpy.newaxis]


def masked(values, dataset, syntax):
    """
    pydicom leaves unused bits in; DICOM does not count them (PS3.5 section 8.1.1). Where lossy compression
    overshoots what Bits Stored can hold, it is limited to that.
    """
    if values.dtype.kind not in "iu":
        return values
    if syntax in LOSSY:
        bits, is_signed = dataset.BitsStored, dataset.PixelRepresentation == 1
        return numpy.clip(values.astype("i8"), -(1 << (bits - 1)) if is_signed else 0, (1 << (bits - is_signed)) - 1)
    allocated, stored, high = dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit
    if allocated in (1, 8) or (stored == allocated and high == allocated - 1):
        return values
    unsigned = values.astype(f"u{allocated // 8}") >> (high + 1 - stored)
    unsigned &= (1 << stored) - 1
    if dataset.PixelRepresentation == 0:
        return unsigned
    signed = unsigned.astype("i8")
    return numpy.where(signed >= 1 << (stored - 1), signed - (1 << stored), signed)


def item_of_group(dataset, index, keyword):
    for holder in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        groups = dataset.get(holder)
        if not groups:
            continue
        group = groups[index if holder.startswith("Per") else 0]
        if group.get(keyword):
            return group[keyword][0]
    return None


def to_modality(values, dataset, index):
    table = dataset.get("ModalityLUTSequence")
    if table:
        count, first, _ = table[0].LUTDescriptor
        data = table[0].LUTData
        entries = numpy.frombuffer(data, dtype="<u2") if isinstance(data, bytes) else numpy.asarray(data)
        entries = entries.astype("i8")
        first = first - 65536 if dataset.PixelRepresentation == 1 and first > 32767 else first
        return entries[numpy.clip(values.astype("i8") - first, 0, (count or 65536) - 1)].astype("f8")
    holder = item_of_group(dataset, index, "PixelValueTransformationSequence") or dataset
    slope, intercept = float(holder.get("RescaleSlope") or 1), float(holder.get("RescaleIntercept") or 0)
    return values.astype("f8") * (slope or 1) + intercept


def to_colours(values, photometric, dataset):
    if photometric in ("YBR_FULL", "YBR_FULL_422"):
        return convert_color_space(values, "YBR_FULL", "RGB")
    if values.dtype.itemsize > 1:
        values = (values >> (dataset.BitsStored - 8)).astype("u1")
    return values


def palette_channel(dataset, name):
    """PS3.3 sections C.7.6.3.1.5 and C.7.9.2, written apart from ours."""
    count, first, bits = dataset[name + "PaletteColorLookupTableDescriptor"].value
    count = count or 65536
    if dataset.PixelRepresentation == 1 and first > 32767:
        first -= 65536
    data = dataset[name + "PaletteColorLookupTableData"].value
    if isinstance(data, bytes):
        entries = numpy.frombuffer(data, dtype="u1" if len(data) <= count + 1 else "<u2")
    else:
        entries = numpy.asarray(data)
    entries = entries[:count].astype("i8")
    if bits > 8 and entries.max() > 255:
        entries = entries >> 8
    return first, entries.astype("u1")


def to_palette(values, dataset):
    if "SegmentedRedPaletteColorLookupTableData" in dataset:
        bits = dataset.RedPaletteColorLookupTableDescriptor[2]
        colours = apply_color_lut(values, dataset)
        return (colours >> 8 if bits > 8 else colours).astype("u1")
    channels = [palette_channel(dataset, name) for name in ("Red", "Green", "Blue")]
    planes = [
        entries[numpy.clip(values.astype("i8") - first, 0, len(entries) - 1)] for first, entries in channels
    ]
    return numpy.stack(planes, axis=-1)


def reference(path, folder, prefix):
    dataset = pydicom.dcmread(path, force=True)
    syntax = str(getattr(dataset.file_meta, "TransferSyntaxUID", "") or "")
    if not any(keyword in dataset for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        return None
    if not syntax:
        # ACR-NEMA and other files without File Meta Information.
        if not dataset.is_implicit_VR or not dataset.is_little_endian:
            raise NoReference("no transfer syntax in the file")
        syntax = dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    values, photometric, decoder = stored_values(path, dataset, syntax, folder)
    count = len(values)
    numbers = sorted({round(position) for position in numpy.linspace(0, count - 1, min(count, MAXIMUM_FRAMES))})
    frames = []
    for index in numbers:
        frame = values[index]
        if dataset.SamplesPerPixel == 1:
            frame = masked(frame, dataset, syntax)
            if photometric == "PALETTE COLOR":
                kind, final = "colour", to_palette(frame, dataset)
            else:
                kind, final = "grey", to_modality(frame, dataset, index)
        else:
            kind, final = "colour", to_colours(frame, photometric, dataset)
        name = f"{prefix}-{index + 1}"
        final = numpy.ascontiguousarray(final, dtype="<f8" if kind == "grey" else "u1")
        final.tofile(os.path.join(sys.argv[1], name))
        frames.append(
            {"number": index + 1, "kind": kind, "data": name, "rows": frame.shape[0], "columns": frame.shape[1]}
        )
    return {"decoder": decoder, "frames": frames}


def main():
    for position, path in enumerate(sys.argv[2:]):
        with tempfile.TemporaryDirectory() as folder:
            try:
                answer = reference(path, folder, str(position))
                if answer is None:
                    continue
            except NoReference as reason:
                answer = {"skipped": str(reason)}
            except Exception as error:
                answer = {"skipped": f"{type(error).__name__}: {error}"}
        print(json.dumps({"file": path, **answer}), flush=True)


main()

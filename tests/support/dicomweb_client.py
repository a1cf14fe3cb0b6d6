"""A DICOMweb client that shares no line with ours: urllib, pydicom and numpy.

Usage: dicomweb_client.py BASE_URL TOKEN [STORE_URL STORE_TOKEN]

Walks from studies to frames, reads everything it is given with pydicom, stores every instance on the second server,
and prints one JSON object: {"studies", "instances", "frames", "stored", "problems": [...]}.
Runs with Debian's /usr/bin/python3.
"""

import io
import json
import sys
import urllib.error
import urllib.request
import warnings

import numpy
import pydicom

warnings.simplefilter("ignore")

BASE, TOKEN = sys.argv[1:3]
EXPLICIT = "1.2.840.10008.1.2.1"
problems = []


def get(url, accept, token=TOKEN, **options):
    request = urllib.request.Request(url, headers={"Accept": accept, "Authorization": "Bearer " + token, **options.get("headers", {})})
    request.data, request.method = options.get("data"), options.get("method", "GET")
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def get_json(url):
    status, _, body = get(url, "application/dicom+json")
    if status == 204:
        return []
    if status != 200:
        raise Exception(f"{status} for {url}")
    return json.loads(body)


def parts(headers, body):
    boundary = headers["Content-Type"].split("boundary=")[1].strip('"').encode()
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if pieces[-1].strip() != b"--":
        raise Exception("no closing boundary")
    return [piece[2:].split(b"\r\n\r\n", 1) for piece in pieces[1:-1]]


def value(result, tag):
    return result[tag]["Value"][0]


def check(condition, text):
    if not condition:
        problems.append(text)


def native_frames(dataset):
    """The bytes of each frame of uncompressed pixel data, None for 1-bit ones that share bytes."""
    element = next(dataset[keyword] for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if keyword in dataset)
    count = int(dataset.get("NumberOfFrames", 1) or 1)
    samples = 2 if dataset.PhotometricInterpretation.endswith("_422") else dataset.SamplesPerPixel
    bits = dataset.Rows * dataset.Columns * samples * dataset.BitsAllocated
    if bits % 8:
        return None
    size = bits // 8
    return [element.value[index * size : (index + 1) * size] for index in range(count)]


def walk_instance(url, found):
    """Checks one instance; returns the number of frames and the stored file."""
    sop = value(found, "00080018")
    status, headers, body = get(url, "application/dicom; transfer-syntax=*")
    check(status == 200, f"{status} for the stored file of {sop}")
    stored = body
    original = pydicom.dcmread(io.BytesIO(stored), force=True)
    check(original.SOPInstanceUID == sop, f"{sop} is another instance")
    [header] = get_json(url + "/metadata")
    check(value(header, "00080018") == sop, f"metadata of {sop} are another's")
    syntax = value(header, "00083002")
    if "7FE00010" not in header and "7FE00008" not in header and "7FE00009" not in header:
        return 0, stored
    status, headers, body = get(url, 'multipart/related; type="application/dicom"')
    if status == 500 and "cannot be decoded" in body.decode():
        print(f"not decodable: {sop}: {body.decode().strip()}", file=sys.stderr)
        return 0, stored
    check(status == 200, f"{status} for {sop}")
    [(head, content)] = parts(headers, body)
    check(EXPLICIT.encode() in head, f"{sop} came as {head!r}")
    copy = pydicom.dcmread(io.BytesIO(content))
    check(copy.file_meta.TransferSyntaxUID == EXPLICIT, f"{sop} says {copy.file_meta.TransferSyntaxUID}")
    if not copy.get("Rows") or not copy.get("Columns"):
        return 0, stored
    if copy.BitsAllocated <= 32 and "PixelData" in copy:
        numpy.asarray(copy.pixel_array)
    frames = native_frames(copy)
    if frames is None:
        return 0, stored
    numbers = sorted({1, len(frames) // 2 + 1, len(frames)})
    status, headers, body = get(f"{url}/frames/{','.join(map(str, numbers))}", 'multipart/related; type="application/octet-stream"')
    check(status == 200, f"{status} for frames of {sop}")
    for number, (head, content) in zip(numbers, parts(headers, body)):
        check(content == frames[number - 1], f"frame {number} of {sop} differs from the file")
    status, headers, body = get(f"{url}/rendered", "image/jpeg")
    check(status == 200 and body[:2] == b"\xff\xd8" and body[-2:] == b"\xff\xd9", f"no picture of {sop}: {status}")
    return len(numbers), stored


def store(files, url, token):
    boundary = "python-client"
    body = b"".join(b"--%s\r\nContent-Type: application/dicom\r\n\r\n%s\r\n" % (boundary.encode(), file) for file in files)
    headers = {"Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}'}
    data = body + b"--%s--\r\n" % boundary.encode()
    status, _, answer = get(url + "/studies", "application/dicom+json", token, headers=headers, data=data, method="POST")
    check(status == 200, f"{status} when storing: {answer[:300]!r}")
    return len(json.loads(answer).get("00081199", {}).get("Value", []))


def main():
    studies = get_json(BASE + "/studies")
    uids = [value(study, "0020000D") for study in studies]
    instances = frames = stored = 0
    for study in studies:
        files = []
        study_url = value(study, "00081190")
        # Public files of unlike origin share study UIDs; then an address names more than one patient's study.
        is_unique = uids.count(value(study, "0020000D")) == 1
        series_count = 0
        for series in get_json(study_url + "/series"):
            series_count += 1
            series_url = value(series, "00081190")
            found = get_json(series_url + "/instances")
            check(not is_unique or len(found) == value(series, "00201209"), f"instances of {series_url} are not as many as it says")
            for instance in found:
                instances += 1
                count, file = walk_instance(value(instance, "00081190"), instance)
                frames += count
                files.append(file)
        check(not is_unique or series_count == value(study, "00201206"), f"series of {study_url} are not as many as it says")
        if len(sys.argv) > 3:
            stored += store(files, *sys.argv[3:5])
    summary = {"studies": len(studies), "instances": instances, "frames": frames, "stored": stored}
    print(json.dumps({**summary, "problems": problems}))


main()

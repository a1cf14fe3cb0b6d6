import { firstNumber } from '../attributes.ts';
import type { DicomJson, DicomJsonValue } from '../dicom-json.ts';

const SHARED_FUNCTIONAL_GROUPS = '52009229';
const PER_FRAME_FUNCTIONAL_GROUPS = '52009230';
/** Groups that speak of other images, not of this frame. */
const groupsAboutOthers = new Set(['00081140', '00089124', '0008114A', '00082112', '00409096']);

/**
 * The attributes of every frame, as if each were an image of its own: what a frame's functional groups
 * say goes before what all frames share, and that before the data set (PS3.3 section C.7.6.16).
 */
export function attributesOfFrames(json: DicomJson): DicomJson[] {
  const count = Math.max(1, Math.floor(firstNumber(json, '00280008') ?? 1));
  const shared = items(json, SHARED_FUNCTIONAL_GROUPS)[0];
  const perFrame = items(json, PER_FRAME_FUNCTIONAL_GROUPS);
  if (!shared && perFrame.length === 0) return Array.from({ length: count }, () => json);
  const base = Object.assign(inheriting(json), shared && attributesOfGroups(shared));
  return Array.from({ length: count }, (_, index) => {
    const groups = perFrame[index];
    return groups ? Object.assign(inheriting(base), attributesOfGroups(groups)) : base;
  });
}

/** Items of a sequence; an absent or empty one has none. */
export function items(json: DicomJson, tag: string): DicomJson[] {
  return (json[tag]?.Value ?? []).filter(isItem);
}

function isItem(value: DicomJsonValue): value is DicomJson {
  return typeof value === 'object' && value !== null;
}

/** Tens of thousands of frames share most attributes: only what differs is stored per frame. */
function inheriting(json: DicomJson): DicomJson {
  return Object.create(json) as DicomJson;
}

function attributesOfGroups(groups: DicomJson): DicomJson {
  const merged: DicomJson = {};
  for (const [tag, attribute] of Object.entries(groups)) {
    if (attribute.vr !== 'SQ' || groupsAboutOthers.has(tag)) continue;
    const item = attribute.Value?.find(isItem);
    if (item) Object.assign(merged, item);
  }
  return merged;
}

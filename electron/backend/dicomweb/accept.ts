import { HttpFailure } from './http-failure.ts';

/** One alternative a client accepts: 'multipart/related; type="application/dicom"; transfer-syntax=*'. */
export interface MediaRange {
  /** 'application/dicom'; of multipart the type of its parts. Lower case; may end in '/*'. */
  readonly mediaType: string;
  readonly isMultipart: boolean;
  /** A UID, '*' for any, or undefined if the client leaves it to the default. */
  readonly transferSyntax: string | undefined;
  readonly quality: number;
}

/**
 * What the client accepts, best first: the `accept` query parameter (PS3.18 section 8.3.3.1) before the
 * Accept header; nothing means anything.
 */
export function acceptedBy(request: Request, url: URL): MediaRange[] {
  const parameter = url.searchParams.get('accept');
  const header = parameter ?? request.headers.get('Accept') ?? '*/*';
  return splitOutsideQuotes(header, ',')
    .map(parseMediaRange)
    .filter((range) => range.quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

function parseMediaRange(text: string): MediaRange {
  const [type = '', ...pairs] = splitOutsideQuotes(text, ';').map((part) => part.trim());
  const parameters = new Map(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')];
    }),
  );
  const isMultipart = type.toLowerCase() === 'multipart/related';
  const quality = Number(parameters.get('q') ?? '1');
  return {
    mediaType: (isMultipart ? (parameters.get('type') ?? '*/*') : type).toLowerCase(),
    isMultipart,
    transferSyntax: parameters.get('transfer-syntax'),
    quality: Number.isFinite(quality) ? quality : 0,
  };
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  return (text.match(new RegExp(`(?:"[^"]*"|[^${separator}"])+`, 'g')) ?? []).filter(
    (part) => part.trim() !== '',
  );
}

export function matches({ mediaType }: MediaRange, candidate: string): boolean {
  if (mediaType === '*/*' || mediaType === candidate) return true;
  return mediaType.endsWith('/*') && candidate.startsWith(mediaType.slice(0, -1));
}

/** The first candidate, in the client's order, that it accepts. */
export function chooseType<Type extends string>(
  accepted: readonly MediaRange[],
  candidates: readonly Type[],
): Type {
  for (const range of accepted) {
    if (range.isMultipart && range.mediaType !== '*/*') continue;
    const found = candidates.find((candidate) => matches(range, candidate));
    if (found) return found;
  }
  throw notAcceptable(candidates);
}

export function notAcceptable(offered: readonly string[]): HttpFailure {
  return new HttpFailure(406, `Not acceptable. This resource can be had as: ${offered.join(', ')}.`);
}

import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { describeImages } from '#shared/dicom/image-description.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import { splitSeries } from '#shared/dicom/series/split-series.ts';
import { composeBackend } from '#backend/compose.ts';
import type { Backend } from '#backend/compose.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { peakResidentBytes } from '../process-memory.ts';

/** What happened when everything in the archive was opened. */
export interface OpenResult {
  readonly violations: readonly string[];
  /** How many instances could be shown, are no images, or said why they cannot be shown. */
  readonly opened: Readonly<Record<string, number>>;
  /** Of the largest codec process still there at the end; Linux only. */
  readonly peakCodecBytes: number;
}

interface InstanceRow {
  readonly sop_uid: string;
  readonly series_uid: string;
  readonly study_uid: string;
  readonly number_of_frames: number;
  readonly file_sha256: string;
}

const ORIGIN = 'http://127.0.0.1:1/dicomweb';
const IN_FLIGHT = 4;

/** Which case a file was, by its SHA-256. */
type NameOf = (fileSha256: string) => string;

/**
 * Opens every archived instance as the viewer and other programs do: the bytes as they came, the header, the
 * first and the last frame decoded, the picture. Each answers, or says in a sentence why it cannot.
 */
export async function openEverything(
  dataDir: string,
  databaseFile: string,
  nameOf: NameOf,
): Promise<OpenResult> {
  const rows = instanceRows(databaseFile);
  const backend = composeBackend(dataDir, forkHelper);
  const opener = new Opener(backend, nameOf);
  try {
    const waiting = rows.values();
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        for (const row of waiting) await opener.open(row);
      }),
    );
    opener.hangSeries();
    await opener.searchAll(rows.length);
    opener.peakCodecBytes = process.platform === 'linux' ? peakResidentBytes('codec-process') : 0;
  } finally {
    await backend.close();
  }
  return opener;
}

function instanceRows(databaseFile: string): InstanceRow[] {
  const database = new Database(databaseFile, { readonly: true });
  try {
    return database
      .prepare(
        `SELECT i.sop_uid, s.series_uid, t.study_uid, i.number_of_frames, i.file_sha256
         FROM instances i JOIN series s USING (series_key) JOIN studies t USING (study_key)`,
      )
      .all() as InstanceRow[];
  } finally {
    database.close();
  }
}

class Opener implements OpenResult {
  readonly violations: string[] = [];
  readonly opened: Record<string, number> = {};
  peakCodecBytes = 0;
  readonly #backend: Backend;
  readonly #nameOf: NameOf;
  readonly #imagesOfSeries = new Map<string, ImageDescription[]>();

  constructor(backend: Backend, nameOf: NameOf) {
    this.#backend = backend;
    this.#nameOf = nameOf;
  }

  async open(row: InstanceRow): Promise<void> {
    const url = `/studies/${row.study_uid}/series/${row.series_uid}/instances/${row.sop_uid}`;
    try {
      await this.#original(url, row);
      const images = await this.#header(url);
      const outcomes =
        row.number_of_frames === 0
          ? ['no image']
          : [
              await this.#frame(url, 1, images[0]),
              await this.#frame(url, row.number_of_frames, images.at(-1)),
              await this.#picture(url),
            ];
      const outcome = outcomes.find((each) => each !== 'shown') ?? 'shown';
      this.opened[outcome] = (this.opened[outcome] ?? 0) + 1;
    } catch (error) {
      this.violations.push(`${this.#nameOf(row.file_sha256)}: ${String(error)}`);
    }
  }

  /** What the viewer does with all images of a series must not depend on their goodwill. */
  hangSeries(): void {
    for (const [seriesUid, images] of this.#imagesOfSeries) {
      try {
        splitSeries(images);
      } catch (error) {
        this.violations.push(`series ${seriesUid}: ${String(error)}`);
      }
    }
  }

  async searchAll(count: number): Promise<void> {
    if (count === 0) return;
    const found = await this.#ask(`/instances?includefield=all&limit=${count}`);
    const results = (await found.json()) as DicomJson[];
    if (results.length !== count) this.violations.push(`a search found ${results.length} of ${count}`);
  }

  async #original(url: string, { file_sha256: expected }: InstanceRow): Promise<void> {
    const response = await this.#ask(url, 'application/dicom; transfer-syntax=*');
    if (response.status !== 200) throw new Error(`no file: ${response.status} ${await response.text()}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== expected) throw new Error(`the file came back as ${sha256}`);
  }

  async #header(url: string): Promise<readonly ImageDescription[]> {
    const response = await this.#ask(`${url}/metadata`, 'application/dicom+json');
    if (response.status !== 200) throw new Error(`no header: ${response.status} ${await response.text()}`);
    const [header = {}] = (await response.json()) as DicomJson[];
    const images = describeImages(header);
    const series = /series\/([^/]+)/.exec(url)?.[1] ?? '';
    this.#imagesOfSeries.set(series, [...(this.#imagesOfSeries.get(series) ?? []), ...images]);
    return images;
  }

  async #frame(url: string, number: number, image: ImageDescription | undefined): Promise<string> {
    const response = await this.#ask(`${url}/frames/${number}`, 'application/octet-stream');
    if (response.status !== 200) return this.#refusal(response, 'frame');
    const { byteLength } = await response.arrayBuffer();
    if (byteLength === 0) throw new Error(`frame ${number} is empty`);
    if (!image) throw new Error(`frame ${number} belongs to no image`);
    return 'shown';
  }

  async #picture(url: string): Promise<string> {
    const response = await this.#ask(`${url}/rendered?viewport=128,128`, 'image/png');
    if (response.status !== 200) return this.#refusal(response, 'picture');
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.toString('latin1', 1, 4) !== 'PNG') throw new Error('the picture is none');
    return 'shown';
  }

  /** A sentence that says which and why is fine; anything else is a fault of ours. */
  async #refusal(response: Response, what: string): Promise<string> {
    const sentence = (await response.text()).trim();
    const isClear = /^(The frame cannot be decoded|Not acceptable|The instance has no image)\b/.test(
      sentence,
    );
    if (!isClear || /process ended|not decoded after/.test(sentence)) {
      throw new Error(`${what}: ${response.status} ${sentence}`);
    }
    return `${response.status} ${sentence.replaceAll(/\d+/g, '#').slice(0, 90)}`;
  }

  #ask(target: string, accept = 'application/dicom+json'): Promise<Response> {
    return this.#backend.bytes(new Request(`${ORIGIN}${target}`, { headers: { Accept: accept } }));
  }
}

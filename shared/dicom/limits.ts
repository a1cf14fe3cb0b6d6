/**
 * What a file may ask of us before it is refused. Each limit is far above what real equipment
 * writes and low enough that a hostile file costs a bounded amount of time and memory.
 */
export const limits = {
  /** File Meta Information, PS3.10 table 7.1-1: a dozen short attributes; private information is rarely there. */
  fileMetaBytes: 64 * 1024,
  /** All values outside pixel and bulk data of one instance. The largest seen, an enhanced MR with 30,000 frames, needs 40 MiB. */
  headerBytes: 128 * 1024 * 1024,
  /** One value kept in the header, such as a palette of 65,536 colours; longer ones are bulk data and are read from the file when asked for. */
  headerValueBytes: 128 * 1024,
  /** The same as DICOM JSON text, in which a number may take five times its bytes: what a viewer is sent to open it. */
  metadataBytes: 256 * 1024 * 1024,
  /**
   * A text of the worklist; what follows is left out there and stays in the header. PS3.5 allows 64 characters,
   * or three times that in a name. An identifier is not cut but refused: two long ones could become the same.
   */
  indexedTextCharacters: 1024,
  /** Elements of one instance, nested ones included: 100,000 frames with 20 attributes each. */
  elements: 2_000_000,
  /** Nested sequences. Structured reports, the deepest real objects, stay below 20. */
  sequenceDepth: 64,
  /** Fragments of one pixel data element: 4 GiB in pieces of 2 KiB, which is less than any writer makes. */
  fragments: 2_000_000,
  /** Frames of one instance; the largest whole-slide level has 400,000 tiles. */
  frames: 1_000_000,
  /**
   * More frames, or fragments, than this only if they hold `smallestFrameBytes` on average: a row of the
   * database for each single pixel would make a small file fill the disk.
   */
  framesOfAnySize: 10_000,
  smallestFrameBytes: 64,
  /** Rows and columns are 16 bit in DICOM; whole-slide levels are tiled and stay below this too. */
  rowsOrColumns: 65_535,
  /** Bytes of one decoded frame: a 16,384 × 16,384 × 16 bit image. */
  frameBytes: 512 * 1024 * 1024,
  /** A deflated data set after inflating: what writers deflate are reports and single images. */
  inflatedBytes: 1024 * 1024 * 1024,
  /**
   * Inflated to deflated size, once more than `inflationFreeBytes` came out. Images stay below 100; an
   * almost empty segmentation reaches 1000, which is all that deflate can do.
   */
  inflationRatio: 200,
  inflationFreeBytes: 256 * 1024 * 1024,
  /** Files in one zip archive: a DVD of single slices has a tenth of them. */
  zipEntries: 200_000,
  /** All files of one zip archive, uncompressed; and the same in relation to its size, beyond 4 GiB. */
  zipBytes: 1024 * 1024 * 1024 * 1024,
  zipRatio: 200,
  /** Directory records of one DICOMDIR that lead to a file; a DVD holds 20,000 images. */
  directoryFiles: 500_000,
} as const;

/**
 * What a file may ask of us before it is refused. Each limit is far above what real equipment
 * writes and low enough that a hostile file costs a bounded amount of time and memory.
 */
export const limits = {
  /** All values outside pixel and bulk data of one instance. The largest seen, an enhanced MR with 30,000 frames, needs 40 MiB. */
  headerBytes: 128 * 1024 * 1024,
  /** One value kept in the header, such as a palette of 65,536 colours; longer ones are bulk data and are read from the file when asked for. */
  headerValueBytes: 128 * 1024,
  /** Elements of one instance, nested ones included: 100,000 frames with 20 attributes each. */
  elements: 2_000_000,
  /** Nested sequences. Structured reports, the deepest real objects, stay below 20. */
  sequenceDepth: 64,
  /** Fragments of one pixel data element. */
  fragments: 4_000_000,
  /** Frames of one instance. */
  frames: 1_000_000,
  /** Rows and columns are 16 bit in DICOM; whole-slide levels are tiled and stay below this too. */
  rowsOrColumns: 65_535,
  /** Bytes of one decoded frame: a 16,384 × 16,384 × 16 bit image. */
  frameBytes: 512 * 1024 * 1024,
  /** A deflated data set after inflating. Real ones stay below 5 times their size. */
  inflatedBytes: 1024 * 1024 * 1024,
  /**
   * Inflated to deflated size, once more than `inflationFreeBytes` came out. Images stay below 100; an
   * almost empty segmentation reaches 1000, which is all that deflate can do.
   */
  inflationRatio: 200,
  inflationFreeBytes: 256 * 1024 * 1024,
  /** Files in one zip archive. */
  zipEntries: 200_000,
  /** All files of one zip archive, uncompressed, and the same in relation to its size. */
  zipBytes: 1024 * 1024 * 1024 * 1024,
  zipRatio: 200,
  /** Directory records of one DICOMDIR that lead to a file; a DVD holds 20,000 images. */
  directoryFiles: 500_000,
} as const;

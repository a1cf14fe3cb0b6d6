/** A lookup table of DICOM PS3.3 section C.11.1.1 or C.7.6.3.1.5: descriptor and entries. */
export interface LookupTable {
  /** Stored value that the first entry stands for; smaller ones map to it too. */
  readonly firstValue: number;
  readonly bitsPerEntry: number;
  readonly entries: ArrayLike<number>;
  readonly explanation: string;
}

/** Everything needed to turn the stored bytes of one frame into values; PS3.3 sections C.7.6.3 and C.11.1. */
export interface PixelDescription {
  readonly transferSyntaxUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly planarConfiguration: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** Two's complement if true. */
  readonly isSigned: boolean;
  /** Pixel Data (7FE0,0010), Float Pixel Data (7FE0,0008) or Double Float Pixel Data (7FE0,0009). */
  readonly element: 'integer' | 'float' | 'double';
  readonly modality:
    | { readonly kind: 'linear'; readonly slope: number; readonly intercept: number }
    | { readonly kind: 'table'; readonly table: LookupTable };
  readonly palette?: { readonly red: LookupTable; readonly green: LookupTable; readonly blue: LookupTable };
  /** Stored values that are no image: one value, or a range up to and including `to`. */
  readonly padding?: { readonly from: number; readonly to: number };
}

/** One frame as the screen and the measurements use it. */
export type DecodedFrame =
  | {
      readonly kind: 'grey';
      /** In modality units (HU, SUV factor not yet applied), row by row. */
      readonly pixels: Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array;
      /** Over everything that is not padding. */
      readonly minimum: number;
      readonly maximum: number;
    }
  | {
      readonly kind: 'colour';
      /** Red, green, blue, pixel by pixel. */
      readonly pixels: Uint8Array;
    };

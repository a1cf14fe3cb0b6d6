// The codec packages ship no typings; only what is used is described.

/** Embind object of one codec: fill the encoded buffer, decode, read the decoded one, delete. */
interface WasmFrameDecoder {
  getEncodedBuffer(byteLength: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
}

type WasmFactory<Module> = (options: {
  locateFile: (file: string) => string;
  print?: (text: string) => void;
  printErr?: (text: string) => void;
}) => Promise<Module>;

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const factory: WasmFactory<{
    readonly JpegLSDecoder: new () => WasmFrameDecoder;
    getExceptionMessage(pointer: number): string;
  }>;
  export default factory;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const factory: WasmFactory<{ readonly J2KDecoder: new () => WasmFrameDecoder }>;
  export default factory;
}

declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const factory: WasmFactory<{ readonly HTJ2KDecoder: new () => WasmFrameDecoder }>;
  export default factory;
}

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const factory: WasmFactory<{ readonly JPEGDecoder: new () => WasmFrameDecoder }>;
  export default factory;
}

declare module '@cornerstonejs/codec-charls/decodewasm?url' {
  const url: string;
  export default url;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasm?url' {
  const url: string;
  export default url;
}

declare module '@cornerstonejs/codec-openjph/wasm?url' {
  const url: string;
  export default url;
}

declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url' {
  const url: string;
  export default url;
}

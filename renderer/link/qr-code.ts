import { prepareZXingModule as prepareReader, readBarcodes } from 'zxing-wasm/reader';
import readerUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { prepareZXingModule as prepareWriter, writeBarcode } from 'zxing-wasm/writer';
import writerUrl from 'zxing-wasm/writer/zxing_writer.wasm?url';

// Without this the library would fetch its code from the internet.
prepareReader({ overrides: { locateFile: () => readerUrl } });
prepareWriter({ overrides: { locateFile: () => writerUrl } });

/** A PNG of the text as a QR code (ISO/IEC 18004), with its quiet zone. */
export async function drawQrCode(text: string): Promise<Blob> {
  const { image, error } = await writeBarcode(text, { format: 'QRCode', ecLevel: 'L', scale: 4 });
  if (!image) throw new Error(error);
  return image;
}

/** The text of the first QR code in a picture, if there is one. */
export async function readQrCode(picture: Blob | ImageData): Promise<string | undefined> {
  const [found] = await readBarcodes(picture, {
    formats: ['QRCode'],
    tryHarder: true,
    maxNumberOfSymbols: 1,
  });
  return found?.isValid ? found.text : undefined;
}

/**
 * Cuts what a controller sends into lines. Whatever is longer than `maximumLength` without an end is
 * garbage and dropped up to the next end of a line.
 */
export function createLineReader(
  end: string,
  maximumLength: number,
  onLine: (line: string) => void,
): (chunk: string) => void {
  let rest = '';
  let isGarbage = false;
  return (chunk) => {
    const lines = (rest + chunk).split(end);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!isGarbage && line.length <= maximumLength) onLine(line);
      isGarbage = false;
    }
    if (rest.length > maximumLength) {
      rest = '';
      isGarbage = true;
    }
  };
}

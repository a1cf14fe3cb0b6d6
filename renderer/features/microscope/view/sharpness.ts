/**
 * How much neighbouring pixels differ, by the square of how bright they are (Brenner's gradient): larger is sharper,
 * and turning the lamp changes nothing.
 * @param grey brightness row by row
 */
export function sharpness(grey: ArrayLike<number>, width: number, height: number): number {
  let gradient = 0;
  let brightness = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const here = grey[y * width + x] ?? 0;
      brightness += here;
      if (x + 2 < width) gradient += ((grey[y * width + x + 2] ?? 0) - here) ** 2;
      if (y + 2 < height) gradient += ((grey[(y + 2) * width + x] ?? 0) - here) ** 2;
    }
  }
  const count = width * height;
  return brightness === 0 ? 0 : (1000 * gradient * count) / brightness ** 2;
}

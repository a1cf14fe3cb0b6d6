import { array, assert, integer, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { measure } from '#renderer/imaging/tools/measure.ts';
import type { MeasuredImage, PixelScale } from '#renderer/imaging/tools/measure.ts';
import type { Point } from '#renderer/imaging/tools/plane.ts';

const millimetres = (columnSpacing: number, rowSpacing = columnSpacing): PixelScale => ({
  columnSpacing,
  rowSpacing,
  unit: 'mm',
});

function image(
  scale: PixelScale,
  valueAt: (column: number, row: number) => number = () => 0,
  size = 64,
): MeasuredImage {
  const values = Float32Array.from({ length: size * size }, (_, index) =>
    valueAt(index % size, Math.floor(index / size)),
  );
  return {
    columns: size,
    rows: size,
    pixels: { columns: size, rows: size, values },
    valueUnit: 'HU',
    scaleAt: () => scale,
  };
}

const valuesOf = (measured: ReturnType<typeof measure>) =>
  Object.fromEntries(measured.values.map(({ name, value }) => [name, value]));

test('a length on pixels that are not square uses both spacings', () => {
  const measured = measure(
    'length',
    [
      [0, 0],
      [30, 40],
    ],
    image(millimetres(1, 0.5)),
  );
  // 30 columns of 1 mm and 40 rows of 0.5 mm.
  expect(measured.values).toEqual([{ name: 'length', value: Math.hypot(30, 20), unit: 'mm' }]);
  expect(measured.notices).toEqual([]);
});

test('without spacing a length is in pixels and says so', () => {
  const measured = measure(
    'length',
    [
      [0, 0],
      [3, 4],
    ],
    image({ columnSpacing: 1, rowSpacing: 1, unit: 'px' }),
  );
  expect(measured).toEqual({
    values: [{ name: 'length', value: 5, unit: 'px' }],
    notices: ['uncalibrated'],
  });
});

test('the longer of two axes is the long axis, whichever was drawn first', () => {
  const points: Point[] = [
    [0, 0],
    [0, 4],
    [-5, 2],
    [5, 2],
  ];
  expect(valuesOf(measure('bidirectional', points, image(millimetres(0.5))))).toEqual({
    longAxis: 5,
    shortAxis: 2,
  });
});

test('angles are those in the patient, not those of the pixel grid', () => {
  // On the grid this is 45 degrees; with rows half as high it is atan(0.5).
  const vertex: Point[] = [
    [10, 0],
    [0, 0],
    [10, 10],
  ];
  expect(valuesOf(measure('angle', vertex, image(millimetres(1, 1))))['angle']).toBeCloseTo(45, 9);
  expect(valuesOf(measure('angle', vertex, image(millimetres(1, 0.5))))['angle']).toBeCloseTo(26.565051, 5);
});

test('an angle can be anything up to 180 degrees', () => {
  expect(
    valuesOf(
      measure(
        'angle',
        [
          [10, 0],
          [0, 0],
          [-10, 1],
        ],
        image(millimetres(1)),
      ),
    )['angle'],
  ).toBeCloseTo(174.2894, 3);
});

test('a Cobb angle does not depend on the direction its lines were drawn in', () => {
  const line: Point[] = [
    [0, 0],
    [10, 0],
  ];
  const other: Point[] = [
    [0, 20],
    [10, 30],
  ];
  for (const points of [
    [...line, ...other],
    [...line.toReversed(), ...other],
    [...line, ...other.toReversed()],
  ]) {
    expect(valuesOf(measure('cobbAngle', points, image(millimetres(1))))['angle']).toBeCloseTo(45, 9);
  }
});

test('a rectangle: area from its sides, statistics from the pixel centres inside', () => {
  // Value = column: the mean over columns 10..20 is 15, whatever the rows.
  const measured = measure(
    'rectangle',
    [
      [10, 5],
      [20, 5],
      [20, 9],
      [10, 9],
    ],
    image(millimetres(0.5, 2), (c) => c),
  );
  const { area, mean, minimum, maximum, standardDeviation } = valuesOf(measured);
  expect(area).toBeCloseTo(10 * 0.5 * (4 * 2), 9);
  expect(mean).toBeCloseTo(15, 9);
  expect([minimum, maximum]).toEqual([10, 20]);
  // Eleven equally spaced values: sqrt((11² - 1) / 12).
  expect(standardDeviation).toBeCloseTo(Math.sqrt(10), 9);
  expect(measured.values.map(({ unit }) => unit)).toEqual(['mm2', 'HU', 'HU', 'HU', 'HU']);
});

test('an ellipse: area pi a b, mean of a linear ramp at its centre', () => {
  const measured = measure(
    'ellipse',
    [
      [12, 32],
      [52, 32],
      [32, 22],
      [32, 42],
    ],
    image(millimetres(0.7, 0.9), (c, r) => 3 * c - r),
  );
  const { area, mean } = valuesOf(measured);
  expect(area).toBeCloseTo(Math.PI * (20 * 0.7) * (10 * 0.9), 9);
  expect(mean).toBeCloseTo(3 * 32 - 32, 6);
});

test('an ellipse that is turned keeps its area and its inside', () => {
  const [s, c] = [Math.sin(0.5), Math.cos(0.5)];
  const turn = (x: number, y: number): Point => [32 + x * c - y * s, 32 + x * s + y * c];
  const inside = (column: number, row: number) => {
    const [x, y] = [column - 32, row - 32];
    return ((x * c + y * s) / 20) ** 2 + ((y * c - x * s) / 8) ** 2 <= 1 ? 100 : 0;
  };
  const { area, minimum, maximum } = valuesOf(
    measure('ellipse', [turn(-20, 0), turn(20, 0), turn(0, -8), turn(0, 8)], image(millimetres(1), inside)),
  );
  expect(area).toBeCloseTo(Math.PI * 20 * 8, 9);
  expect([minimum, maximum]).toEqual([100, 100]);
});

test('a drawn outline: shoelace area, also when it runs the other way round', () => {
  const outline: Point[] = [
    [10, 10],
    [30, 10],
    [30, 20],
    [20, 20],
    [20, 40],
    [10, 40],
  ];
  const ramp = image(millimetres(2, 3), (_, row) => row);
  const forwards = valuesOf(measure('freehand', outline, ramp));
  expect(forwards['area']).toBeCloseTo((20 * 10 + 10 * 20) * 6, 9);
  expect(valuesOf(measure('freehand', outline.toReversed(), ramp))).toEqual(forwards);
});

test('statistics keep their digits where the mean is large beside the deviation', () => {
  const measured = measure(
    'rectangle',
    [
      [0, 0],
      [63, 0],
      [63, 63],
      [0, 63],
    ],
    {
      ...image(millimetres(1)),
      pixels: {
        columns: 64,
        rows: 64,
        values: Float64Array.from({ length: 4096 }, (_, index) => 1e9 + (index % 2)),
      },
    },
  );
  expect(valuesOf(measured)['standardDeviation']).toBeCloseTo(0.5, 6);
});

test('padding and not-a-number are left out and said', () => {
  const flat = image(millimetres(1), (column) => (column < 12 ? -2000 : column === 12 ? Number.NaN : 40));
  const pixels = flat.pixels && { ...flat.pixels, isPadding: (value: number) => value === -2000 };
  const measured = measure(
    'rectangle',
    [
      [10, 10],
      [20, 10],
      [20, 20],
      [10, 20],
    ],
    { ...flat, pixels },
  );
  expect(valuesOf(measured)).toMatchObject({ mean: 40, standardDeviation: 0, minimum: 40, maximum: 40 });
  expect(measured.notices).toEqual(['paddingLeftOut']);
});

test('a region that leaves the image counts what is inside and says so', () => {
  const measured = measure(
    'rectangle',
    [
      [-5, 0],
      [5, 0],
      [5, 5],
      [-5, 5],
    ],
    image(millimetres(1), () => 7),
  );
  expect(valuesOf(measured)['mean']).toBe(7);
  expect(measured.notices).toEqual(['partlyOutside']);
});

test('a region without any pixel centre has an area and no invented mean', () => {
  const measured = measure(
    'rectangle',
    [
      [3.2, 3.2],
      [3.4, 3.2],
      [3.4, 3.4],
      [3.2, 3.4],
    ],
    image(millimetres(1)),
  );
  expect(measured.values.map(({ name }) => name)).toEqual(['area']);
  expect(measured.notices).toEqual(['noPixels']);
});

test('a probe reads the pixel under it, never a value between pixels', () => {
  const ramp = image(millimetres(1), (column, row) => column + 100 * row);
  expect(measure('probe', [[3.4, 2.6]], ramp).values).toEqual([{ name: 'value', value: 303, unit: 'HU' }]);
  expect(measure('probe', [[-0.4, 0]], ramp).values[0]?.value).toBe(0);
  expect(measure('probe', [[-0.6, 0]], ramp)).toEqual({ values: [], notices: ['outsideImage'] });
});

test('a probe on a colour image gives its three samples, a region only its area', () => {
  const colour: MeasuredImage = {
    columns: 8,
    rows: 8,
    colourAt: (column, row) => [column, row, 9],
    valueUnit: '',
    scaleAt: () => millimetres(1),
  };
  expect(measure('probe', [[2, 3]], colour).values).toEqual([
    { name: 'value', value: 2, unit: 'R' },
    { name: 'value', value: 3, unit: 'G' },
    { name: 'value', value: 9, unit: 'B' },
  ]);
  expect(
    measure(
      'rectangle',
      [
        [0, 0],
        [2, 0],
        [2, 2],
        [0, 2],
      ],
      colour,
    ).values,
  ).toHaveLength(1);
});

test('however a region lies, its statistics are those of a plain walk over all pixels', () => {
  // Never exactly on a pixel centre, where belonging is a matter of taste.
  const coordinate = integer({ min: -1000, max: 7400 }).map((hundredths) => hundredths / 100 + 0.0037);
  const point = tuple(coordinate, coordinate);
  const ramp = image(millimetres(1), (column, row) => column * 3 + row * row);
  assert(
    property(array(point, { minLength: 3, maxLength: 9 }), (outline) => {
      const { mean } = valuesOf(measure('freehand', outline, ramp));
      const inside: number[] = [];
      for (let row = 0; row < 64; row++) {
        for (let column = 0; column < 64; column++) {
          if (isInside([column, row], outline)) inside.push(column * 3 + row * row);
        }
      }
      if (inside.length === 0) expect(mean).toBeUndefined();
      else expect(mean).toBeCloseTo(inside.reduce((sum, value) => sum + value, 0) / inside.length, 6);
    }),
    { seed: 7, numRuns: 200 },
  );
});

/** Even-odd rule by counting the sides to the left of a point. */
function isInside([x, y]: Point, outline: readonly Point[]): boolean {
  let isIn = false;
  outline.forEach(([x2, y2], index) => {
    const [x1, y1] = outline.at(index - 1) ?? [x2, y2];
    if (y1 > y !== y2 > y && x1 + ((y - y1) / (y2 - y1)) * (x2 - x1) <= x) isIn = !isIn;
  });
  return isIn;
}

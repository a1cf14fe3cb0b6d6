import { expect, test } from 'vitest';
import { apply } from '#renderer/imaging/tools/plane.ts';
import type { Affine, Point } from '#renderer/imaging/tools/plane.ts';
import { isTooSmall, moveHandle, outlineOf, pointsFromAnchors } from '#renderer/imaging/tools/shapes.ts';

const upright: Affine = { a: 2, b: 0, c: 0, d: 2, e: 5, f: 7 };
const quarterTurn: Affine = { a: 0, b: 2, c: -2, d: 0, e: 100, f: 0 };
const square = { columnSpacing: 1, rowSpacing: 1 };
const flatPixels = { columnSpacing: 1, rowSpacing: 2 };

const close = (points: readonly Point[]) =>
  points.map(([x, y]) => [expect.closeTo(x, 9), expect.closeTo(y, 9)]);

test('a rectangle stands upright on the screen in a turned image', () => {
  const turned: Affine = {
    a: Math.cos(0.4),
    b: Math.sin(0.4),
    c: -Math.sin(0.4),
    d: Math.cos(0.4),
    e: 0,
    f: 0,
  };
  const points = pointsFromAnchors(
    'rectangle',
    [
      [10, 10],
      [30, 25],
    ],
    turned,
    square,
  );
  const onScreen = points.map((point) => apply(turned, point));
  const [a, b, c, d] = onScreen;
  expect(a?.[1]).toBeCloseTo(b?.[1] ?? NaN, 9);
  expect(b?.[0]).toBeCloseTo(c?.[0] ?? NaN, 9);
  expect(c?.[1]).toBeCloseTo(d?.[1] ?? NaN, 9);
  expect(points[0]).toEqual([10, 10]);
  expect(points[2]).toEqual([30, 25]);
});

test('an ellipse fills the box it was drawn in, turned by a quarter or not', () => {
  expect(
    pointsFromAnchors(
      'ellipse',
      [
        [0, 0],
        [20, 10],
      ],
      upright,
      square,
    ),
  ).toEqual(
    close([
      [0, 5],
      [20, 5],
      [10, 0],
      [10, 10],
    ]),
  );
  expect(
    pointsFromAnchors(
      'ellipse',
      [
        [0, 0],
        [20, 10],
      ],
      quarterTurn,
      square,
    ),
  ).toEqual(
    // What is broad on the screen is high in the image.
    close([
      [10, 0],
      [10, 10],
      [0, 5],
      [20, 5],
    ]),
  );
});

test('the short axis is at right angles in the patient, not on the pixel grid', () => {
  const [a, b, c, d] = pointsFromAnchors(
    'bidirectional',
    [
      [0, 0],
      [20, 10],
    ],
    upright,
    flatPixels,
  );
  const scaled = ([x, y]: Point = [0, 0]): Point => [x, 2 * y];
  const along = [scaled(b)[0] - scaled(a)[0], scaled(b)[1] - scaled(a)[1]] as const;
  const across = [scaled(d)[0] - scaled(c)[0], scaled(d)[1] - scaled(c)[1]] as const;
  expect(along[0] * across[0] + along[1] * across[1]).toBeCloseTo(0, 9);
});

test('a rectangle dragged by a corner keeps the opposite one', () => {
  expect(
    moveHandle(
      'rectangle',
      [
        [0, 0],
        [4, 0],
        [4, 3],
        [0, 3],
      ],
      2,
      [10, 8],
      square,
    ),
  ).toEqual(
    close([
      [0, 0],
      [10, 0],
      [10, 8],
      [0, 8],
    ]),
  );
  expect(
    moveHandle(
      'rectangle',
      [
        [0, 0],
        [4, 0],
        [4, 3],
        [0, 3],
      ],
      0,
      [-1, -2],
      flatPixels,
    ),
  ).toEqual(
    close([
      [-1, -2],
      [4, -2],
      [4, 3],
      [-1, 3],
    ]),
  );
});

test('an ellipse dragged by the end of an axis keeps the other end and the other axis', () => {
  expect(
    moveHandle(
      'ellipse',
      [
        [0, 5],
        [20, 5],
        [10, 0],
        [10, 10],
      ],
      1,
      [30, 99],
      square,
    ),
  ).toEqual(
    close([
      [0, 5],
      [30, 5],
      [15, 0],
      [15, 10],
    ]),
  );
});

test('a caliper stays a caliper: the short axis slides and stays at right angles', () => {
  const points: Point[] = [
    [0, 0],
    [20, 0],
    [10, -3],
    [10, 3],
  ];
  expect(moveHandle('bidirectional', points, 3, [5, 6], square)).toEqual(
    close([
      [0, 0],
      [20, 0],
      [5, -3],
      [5, 6],
    ]),
  );
  expect(moveHandle('bidirectional', points, 1, [0, 20], square)).toEqual(
    close([
      [0, 0],
      [0, 20],
      [3, 10],
      [-3, 10],
    ]),
  );
});

test('the outline of an ellipse passes through the ends of its axes', () => {
  const [outline] = outlineOf('ellipse', [
    [0, 5],
    [20, 5],
    [10, 0],
    [10, 10],
  ]);
  expect(outline?.[0]).toEqual(close([[20, 5]])[0]);
  expect(outline?.[18]).toEqual(close([[10, 10]])[0]);
});

test('a click is no length, a line is no region', () => {
  expect(
    isTooSmall('length', [
      [5, 5],
      [5, 5],
    ]),
  ).toBe(true);
  expect(
    isTooSmall('rectangle', [
      [0, 0],
      [50, 0],
      [50, 0],
      [0, 0],
    ]),
  ).toBe(true);
  expect(
    isTooSmall('length', [
      [0, 0],
      [5, 0],
    ]),
  ).toBe(false);
});

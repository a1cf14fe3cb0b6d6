import { beforeEach, expect, test } from 'vitest';
import { AnnotationEditor } from '#renderer/imaging/tools/annotation-editor.ts';
import type { Box, DrawnAnnotation } from '#renderer/imaging/tools/annotation-editor.ts';
import type { AnnotationTool } from '#renderer/imaging/tools/measure.ts';
import type { Affine, Point } from '#renderer/imaging/tools/plane.ts';

/** Two screen pixels per image pixel, shifted. */
let toScreen: Affine;
let drawn: DrawnAnnotation[];
let previews: (DrawnAnnotation | undefined)[];
let added: { tool: AnnotationTool; points: readonly Point[] }[];
let changed: { uid: string; points: readonly Point[]; textAt: Point | null }[];
let selected: (string | undefined)[];
let selectedUid: string | undefined;
let textBoxes: Record<string, Box>;
let editor: AnnotationEditor;

beforeEach(() => {
  toScreen = { a: 2, b: 0, c: 0, d: 2, e: 10, f: 20 };
  drawn = [];
  previews = [];
  added = [];
  changed = [];
  selected = [];
  selectedUid = undefined;
  textBoxes = {};
  editor = new AnnotationEditor({
    drawn: () => drawn,
    selectedUid: () => selectedUid,
    imageToScreen: () => toScreen,
    aspectAt: () => ({ columnSpacing: 1, rowSpacing: 1 }),
    textBox: (uid) => textBoxes[uid],
    previewed: (preview) => previews.push(preview),
    added: (tool, points) => added.push({ tool, points }),
    changed: (uid, points, textAt) => changed.push({ uid, points, textAt }),
    selected: (uid) => selected.push(uid),
  });
});

const drag = (from: Point, to: Point, tool?: AnnotationTool) => {
  const isOurs = editor.press(from, tool);
  editor.move(to);
  editor.release(to);
  return isOurs;
};
const click = (at: Point, tool?: AnnotationTool) => drag(at, at, tool);

test('a length is drawn by dragging, in pixels of the image', () => {
  expect(drag([10, 20], [70, 100], 'length')).toBe(true);
  expect(added).toEqual([
    {
      tool: 'length',
      points: [
        [0, 0],
        [30, 40],
      ],
    },
  ]);
  expect(previews.at(-1)).toBeUndefined();
});

test('or click by click', () => {
  click([10, 20], 'length');
  expect(added).toEqual([]);
  editor.move([50, 20]);
  expect(previews.at(-1)?.points).toEqual([
    [0, 0],
    [20, 0],
  ]);
  click([70, 100], 'length');
  expect(added).toEqual([
    {
      tool: 'length',
      points: [
        [0, 0],
        [30, 40],
      ],
    },
  ]);
});

test('an angle takes a drag and a click, a Cobb angle two drags', () => {
  drag([10, 20], [30, 20], 'angle');
  click([30, 60], 'angle');
  drag([10, 20], [30, 20], 'cobbAngle');
  drag([10, 60], [30, 80], 'cobbAngle');
  expect(added).toEqual([
    {
      tool: 'angle',
      points: [
        [0, 0],
        [10, 0],
        [10, 20],
      ],
    },
    {
      tool: 'cobbAngle',
      points: [
        [0, 0],
        [10, 0],
        [0, 20],
        [10, 30],
      ],
    },
  ]);
});

test('a probe is where it was let go', () => {
  drag([10, 20], [30, 40], 'probe');
  expect(added).toEqual([{ tool: 'probe', points: [[10, 10]] }]);
});

test('a click is not a region, and nothing is kept', () => {
  click([10, 20], 'rectangle');
  click([10, 20], 'rectangle');
  expect(added).toEqual([]);
  expect(editor.isBusy).toBe(false);
});

test('a drawn outline leaves out what the hand trembled', () => {
  editor.press([10, 20], 'freehand');
  for (const point of [
    [11, 20],
    [30, 20],
    [30, 21],
    [30, 60],
  ] as Point[])
    editor.move(point);
  editor.release([10, 60]);
  expect(added).toEqual([
    {
      tool: 'freehand',
      points: [
        [0, 0],
        [10, 0],
        [10, 20],
      ],
    },
  ]);
});

const length: DrawnAnnotation = {
  uid: 'one',
  tool: 'length',
  points: [
    [0, 0],
    [30, 0],
  ],
  textAt: null,
};

test('without a tool a press on an annotation takes it, a press beside it is free for others', () => {
  drawn = [length];
  expect(click([40, 22])).toBe(true);
  expect(selected).toEqual(['one']);
  expect(changed).toEqual([]);
  expect(click([40, 60])).toBe(false);
  expect(selected).toEqual(['one', undefined]);
});

test('its end, its line and its text are dragged each in its own way', () => {
  drawn = [length];
  textBoxes = { one: [80, 20, 120, 40] };
  drag([70, 20], [70, 40]);
  drag([40, 20], [44, 28]);
  drag([100, 30], [100, 50]);
  expect(changed).toEqual([
    {
      uid: 'one',
      points: [
        [0, 0],
        [30, 10],
      ],
      textAt: null,
    },
    {
      uid: 'one',
      points: [
        [2, 4],
        [32, 4],
      ],
      textAt: null,
    },
    { uid: 'one', points: length.points, textAt: [35, 10] },
  ]);
});

test('the uppermost annotation is taken, and handles before lines', () => {
  drawn = [
    length,
    {
      uid: 'two',
      tool: 'length',
      points: [
        [0, 0],
        [0, 30],
      ],
      textAt: null,
    },
  ];
  expect(editor.hitAt([11, 21])).toEqual({ uid: 'two', part: 0 });
  expect(editor.hitAt([70, 20])).toEqual({ uid: 'one', part: 1 });
  expect(editor.hitAt([40, 23])).toEqual({ uid: 'one', part: 'line' });
  expect(editor.hitAt([40, 60])).toBeUndefined();
});

test('giving up leaves nothing behind', () => {
  editor.press([10, 20], 'angle');
  editor.release([10, 20]);
  expect(editor.cancel()).toBe(true);
  expect(editor.cancel()).toBe(false);
  expect(added).toEqual([]);
  expect(previews.at(-1)).toBeUndefined();
});

test('on a turned and mirrored image the same drag gives the same pixels', () => {
  toScreen = { a: 0, b: 4, c: 4, d: 0, e: 100, f: 50 };
  drag([100, 50], [180, 90], 'length');
  expect(added).toEqual([
    {
      tool: 'length',
      points: [
        [0, 0],
        [10, 20],
      ],
    },
  ]);
});

test('a drawing tool draws over what is there, and changes only what is selected', () => {
  drawn = [length];
  drag([40, 20], [60, 60], 'length');
  drag([70, 20], [70, 60], 'length');
  expect(added).toHaveLength(2);
  selectedUid = 'one';
  drag([70, 20], [70, 40], 'length');
  expect(added).toHaveLength(2);
  expect(changed).toHaveLength(1);
});

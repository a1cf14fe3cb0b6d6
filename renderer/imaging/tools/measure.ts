import type { MeasuredValue, annotationTools } from '#shared/domain/annotation.ts';
import { cross, distance, dot, subtract, twiceSignedArea } from './plane.ts';
import type { Point } from './plane.ts';
import { ellipseRows, parallelogramRows, polygonRows, regionStatistics } from './region.ts';
import type { PixelValues, RegionRows } from './region.ts';

export type AnnotationTool = (typeof annotationTools)[number];

/** What the length of one pixel is on some part of an image. */
export interface PixelScale {
  /** Distance between the centres of two neighbouring columns, and of two rows. */
  readonly columnSpacing: number;
  readonly rowSpacing: number;
  /** 'px' where nothing says how large a pixel is, 'um' (µm) through a microscope. */
  readonly unit: 'mm' | 'um' | 'px';
}

export interface MeasuredImage {
  readonly columns: number;
  readonly rows: number;
  /** Undefined for colour. */
  readonly pixels?: PixelValues | undefined;
  /** Red, green and blue of one pixel; only for colour. */
  readonly colourAt?: ((column: number, row: number) => readonly [number, number, number]) | undefined;
  /** What the pixels are in: HU, SUV, ...; empty for stored values. */
  readonly valueUnit: string;
  /** The scale that holds for all the given points, as ultrasound has one for each of its regions. */
  scaleAt(points: readonly Point[]): PixelScale;
}

/** What the doctor has to know beside the values. */
export type MeasureNotice =
  /** No pixel spacing: lengths are in pixels. */
  | 'uncalibrated'
  /** A part of the region lies outside the image and is not in the statistics. */
  | 'partlyOutside'
  /** Padding pixels inside the region were left out. */
  | 'paddingLeftOut'
  /** No pixel centre inside the region: too small or outside the image. */
  | 'noPixels'
  /** Rows and columns have different units or the points lie in different regions. */
  | 'outsideImage';

export interface Measurement {
  readonly values: readonly MeasuredValue[];
  readonly notices: readonly MeasureNotice[];
}

/** Measures what was drawn; points are as `shapes.ts` orders them. */
export function measure(tool: AnnotationTool, points: readonly Point[], image: MeasuredImage): Measurement {
  const scale = image.scaleAt(points);
  const scaled = points.map(([x, y]): Point => [x * scale.columnSpacing, y * scale.rowSpacing]);
  const lengthUnit = scale.unit;
  const calibration: MeasureNotice[] = scale.unit === 'px' ? ['uncalibrated'] : [];
  switch (tool) {
    case 'length':
      return { values: [value('length', lengthOf(scaled, 0), lengthUnit)], notices: calibration };
    case 'bidirectional': {
      const lengths = [lengthOf(scaled, 0), lengthOf(scaled, 2)].sort((a, b) => b - a);
      return {
        values: [
          value('longAxis', lengths[0] ?? 0, lengthUnit),
          value('shortAxis', lengths[1] ?? 0, lengthUnit),
        ],
        notices: calibration,
      };
    }
    case 'angle':
      return { values: [value('angle', angleAtVertex(scaled), 'deg')], notices: [] };
    case 'cobbAngle':
      return { values: [value('angle', angleBetweenLines(scaled), 'deg')], notices: [] };
    case 'rectangle':
    case 'ellipse':
    case 'freehand':
      return measureRegion(tool, points, scaled, image, scale);
    case 'probe':
      return probe(points[0], image);
    default:
      return { values: [], notices: [] };
  }
}

function value(name: MeasuredValue['name'], number: number, unit: string): MeasuredValue {
  return { name, value: number, unit };
}

function lengthOf(points: readonly Point[], first: number): number {
  const [start, end] = [points[first], points[first + 1]];
  return start && end ? distance(start, end) : 0;
}

function angleAtVertex([a, vertex, b]: readonly Point[]): number {
  if (!a || !vertex || !b) return 0;
  const [one, other] = [subtract(a, vertex), subtract(b, vertex)];
  return (Math.atan2(Math.abs(cross(one, other)), dot(one, other)) * 180) / Math.PI;
}

/** Between two lines, which have no direction: never more than 90 degrees. */
function angleBetweenLines([a, b, c, d]: readonly Point[]): number {
  if (!a || !b || !c || !d) return 0;
  const [one, other] = [subtract(b, a), subtract(d, c)];
  return (Math.atan2(Math.abs(cross(one, other)), Math.abs(dot(one, other))) * 180) / Math.PI;
}

function measureRegion(
  tool: 'rectangle' | 'ellipse' | 'freehand',
  points: readonly Point[],
  scaled: readonly Point[],
  image: MeasuredImage,
  scale: PixelScale,
): Measurement {
  const region = regionOf(tool, points);
  if (!region) return { values: [], notices: ['noPixels'] };
  const values = [value('area', areaOf(tool, scaled), `${scale.unit}2`)];
  const notices: MeasureNotice[] = scale.unit === 'px' ? ['uncalibrated'] : [];
  if (!image.pixels) return { values, notices };
  const statistics = regionStatistics(region, image.pixels);
  if (!statistics) return { values, notices: [...notices, 'noPixels'] };
  if (isPartlyOutside(tool, points, image)) notices.push('partlyOutside');
  if (statistics.leftOut > 0) notices.push('paddingLeftOut');
  const inUnit = (name: MeasuredValue['name'], number: number) => value(name, number, image.valueUnit);
  return {
    values: [
      ...values,
      inUnit('mean', statistics.mean),
      inUnit('standardDeviation', statistics.standardDeviation),
      inUnit('minimum', statistics.minimum),
      inUnit('maximum', statistics.maximum),
    ],
    notices,
  };
}

function regionOf(
  tool: 'rectangle' | 'ellipse' | 'freehand',
  points: readonly Point[],
): RegionRows | undefined {
  if (tool === 'freehand') return points.length >= 3 ? polygonRows(points) : undefined;
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return undefined;
  return tool === 'rectangle' ? parallelogramRows([a, b, c, d]) : ellipseRows([a, b, c, d]);
}

function areaOf(tool: 'rectangle' | 'ellipse' | 'freehand', scaled: readonly Point[]): number {
  if (tool !== 'ellipse') return Math.abs(twiceSignedArea(scaled)) / 2;
  const [a, b, c, d] = scaled;
  if (!a || !b || !c || !d) return 0;
  return (Math.PI / 4) * Math.abs(cross(subtract(b, a), subtract(d, c)));
}

function isPartlyOutside(
  tool: 'rectangle' | 'ellipse' | 'freehand',
  points: readonly Point[],
  { columns, rows }: MeasuredImage,
): boolean {
  const [a, b, c, d] = points;
  let [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  if (tool === 'ellipse' && a && b && c && d) {
    const [u, v] = [subtract(b, a), subtract(d, c)];
    const centre: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const [reachX, reachY] = [Math.hypot(u[0], v[0]) / 2, Math.hypot(u[1], v[1]) / 2];
    xs = [centre[0] - reachX, centre[0] + reachX];
    ys = [centre[1] - reachY, centre[1] + reachY];
  }
  return (
    Math.min(...xs) < -0.5 ||
    Math.min(...ys) < -0.5 ||
    Math.max(...xs) > columns - 0.5 ||
    Math.max(...ys) > rows - 0.5
  );
}

/** The value of the pixel under the point, as stored: never one made up between pixels. */
function probe(point: Point | undefined, image: MeasuredImage): Measurement {
  const [column, row] = [Math.round(point?.[0] ?? -1), Math.round(point?.[1] ?? -1)];
  if (column < 0 || row < 0 || column >= image.columns || row >= image.rows) {
    return { values: [], notices: ['outsideImage'] };
  }
  if (image.colourAt) {
    const colour = image.colourAt(column, row);
    return {
      values: ['R', 'G', 'B'].map((name, index) => value('value', colour[index] ?? 0, name)),
      notices: [],
    };
  }
  const found = image.pixels?.values[row * image.columns + column];
  if (found === undefined || Number.isNaN(found)) return { values: [], notices: ['noPixels'] };
  if (image.pixels?.isPadding?.(found)) return { values: [], notices: ['paddingLeftOut'] };
  return { values: [value('value', found, image.valueUnit)], notices: [] };
}

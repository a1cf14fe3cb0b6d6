import { i18n } from '#renderer/i18n/index.ts';
import type { MeasuredValue } from '#shared/domain/annotation.ts';
import type { AnnotationText } from '#renderer/imaging/tools/pane-surface.ts';

const lengthUnits: readonly string[] = ['mm', 'mm2', 'um', 'um2'];

/** What is written beside an annotation: its label, its values, and what limits them. */
export function annotationLines({ tool, label, measurement, image }: AnnotationText): string[] {
  const lines = label === '' ? [] : label.split('\n');
  const { values, notices } = measurement;
  const isRegion = tool === 'ellipse' || tool === 'rectangle' || tool === 'freehand';
  if (isRegion) lines.push(...regionLines(values));
  else if (tool === 'bidirectional') lines.push(values.map(valueText).join(' × '));
  else if (tool === 'cobbAngle') lines.push(...values.map(cobbText));
  else if (values.length > 0) lines.push(values.map(valueText).join(' '));
  lines.push(...notices.map((notice) => i18n.t(`viewer:notices.${notice}`)));
  const spacing = image.description.spacing;
  const isLength = values.some(({ unit }) => lengthUnits.includes(unit));
  // A projection magnifies by an unknown factor: what the length refers to belongs beside it.
  if (isLength && spacing.kind === 'mm' && spacing.source !== 'pixel-spacing') {
    lines.push(i18n.t(`viewer:spacing.${spacing.source}`));
  }
  return lines;
}

/** One line for lists and reports: '12.3 mm', '面積 40.2 mm² 平均 38.1 HU'. */
export function valuesText(values: readonly MeasuredValue[]): string {
  const isRegion = values.some(({ name }) => name === 'area');
  if (isRegion) return regionLines(values).slice(0, 2).join('  ');
  return values.map(valueText).join(' × ');
}

function regionLines(values: readonly MeasuredValue[]): string[] {
  const named = new Map(values.map((value) => [value.name, value]));
  const part = (name: MeasuredValue['name'], isUnitShown: boolean) => {
    const value = named.get(name);
    if (!value) return undefined;
    const text = isUnitShown ? valueText(value) : numberText(value);
    return `${i18n.t(`viewer:values.${name}`)} ${text}`;
  };
  const join = (...parts: (string | undefined)[]) => parts.filter((each) => each !== undefined).join('  ');
  return [
    join(part('area', true)),
    join(part('mean', true), part('standardDeviation', false)),
    join(part('minimum', false), part('maximum', false)),
  ].filter((line) => line !== '');
}

/** Lines have no direction: a severe curve is the supplement, so both are given. */
function cobbText(value: MeasuredValue): string {
  return `${numberText(value)}°  (${(180 - value.value).toFixed(1)}°)`;
}

const unitTexts: Readonly<Record<string, string>> = {
  mm2: ' mm²',
  um: ' µm',
  um2: ' µm²',
  px2: ' px²',
  deg: '°',
};

export function valueText(value: MeasuredValue): string {
  const { unit } = value;
  if (unit === 'R' || unit === 'G' || unit === 'B') return `${unit} ${numberText(value)}`;
  return `${numberText(value)}${unitTexts[unit] ?? (unit === '' ? '' : ` ${unit}`)}`;
}

function numberText({ name, value, unit }: MeasuredValue): string {
  return value.toFixed(digitsOf(name, value, unit)).replace('-', '−');
}

/** As many digits as the measurement bears. */
function digitsOf(name: MeasuredValue['name'], value: number, unit: string): number {
  const magnitude = Math.abs(value);
  const isPixelValue = name === 'value' || name === 'minimum' || name === 'maximum';
  if (isPixelValue && Number.isInteger(value)) return 0;
  if (unit === 'SUV') return 2;
  if (magnitude >= 1000) return 0;
  if (magnitude >= 1 || magnitude === 0) return 1;
  return magnitude >= 0.01 ? 3 : 5;
}

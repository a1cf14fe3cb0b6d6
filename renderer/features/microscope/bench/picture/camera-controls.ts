import type { CameraSettings } from '#shared/domain/camera-settings.ts';
import type { Size } from '../../view/stage-view.ts';

interface Span {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
}

/** What Chromium tells of a camera beyond the common library types (W3C MediaStream Image Capture). */
export interface DeviceCapabilities {
  readonly exposureMode?: readonly string[];
  /** In 100 µs. */
  readonly exposureTime?: Span;
  readonly exposureCompensation?: Span;
  readonly whiteBalanceMode?: readonly string[];
  /** In kelvin. */
  readonly colorTemperature?: Span;
}

export interface DeviceSettings {
  readonly exposureMode?: 'manual' | 'continuous';
  readonly exposureTime?: number;
  readonly exposureCompensation?: number;
  readonly whiteBalanceMode?: 'manual' | 'continuous';
  readonly colorTemperature?: number;
}

export interface Reach {
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
}

/** What can be set at this camera; where nothing can, nothing is offered. */
export interface CameraAbilities {
  /** Of the moving picture, largest first: all of the shape of the whole sensor. */
  readonly liveSizes: readonly Size[];
  readonly exposure: {
    readonly hasAuto: boolean;
    readonly hasManual: boolean;
    readonly timeMs: Reach | null;
    readonly compensation: Reach | null;
  };
  readonly whiteBalance: {
    readonly hasAuto: boolean;
    readonly hasManual: boolean;
    readonly kelvin: Reach | null;
  };
}

export const nothingToSet: CameraAbilities = {
  liveSizes: [],
  exposure: { hasAuto: false, hasManual: false, timeMs: null, compensation: null },
  whiteBalance: { hasAuto: false, hasManual: false, kelvin: null },
};

/** The unit of `exposureTime`. */
const TIME_UNITS_PER_MS = 10;
const USUAL_WIDTHS = [3840, 2592, 2560, 2048, 1920, 1600, 1280, 1024, 960, 800, 640];
/** Another shape would show another part of the sensor, and the scale would no longer be the measured one. */
const SHAPE_TOLERANCE = 0.01;

export function abilitiesOf(
  capabilities: MediaTrackCapabilities & DeviceCapabilities,
  sensor: Size,
): CameraAbilities {
  const { exposureMode = [], exposureTime, exposureCompensation } = capabilities;
  const { whiteBalanceMode = [], colorTemperature } = capabilities;
  return {
    liveSizes: liveSizesOf(sensor),
    exposure: {
      hasAuto: exposureMode.includes('continuous'),
      hasManual: exposureMode.includes('manual'),
      timeMs: exposureMode.includes('manual') ? reachOf(exposureTime, TIME_UNITS_PER_MS) : null,
      compensation: exposureMode.includes('continuous') ? reachOf(exposureCompensation, 1) : null,
    },
    whiteBalance: {
      hasAuto: whiteBalanceMode.includes('continuous'),
      hasManual: whiteBalanceMode.includes('manual'),
      kelvin: whiteBalanceMode.includes('manual') ? reachOf(colorTemperature, 1) : null,
    },
  };
}

export function hasShapeOf(size: Size, sensor: Size): boolean {
  return Math.abs((size.width * sensor.height) / (size.height * sensor.width) - 1) <= SHAPE_TOLERANCE;
}

function liveSizesOf(sensor: Size): readonly Size[] {
  const smaller = USUAL_WIDTHS.filter((width) => width < sensor.width).map((width) => ({
    width,
    height: Math.round((width * sensor.height) / sensor.width / 2) * 2,
  }));
  return [sensor, ...smaller];
}

function reachOf(span: Span | undefined, unitsPerOne: number): Reach | null {
  if (!span || !(span.max > span.min)) return null;
  const step = span.step !== undefined && span.step > 0 ? span.step : (span.max - span.min) / 100;
  return { minimum: span.min / unitsPerOne, maximum: span.max / unitsPerOne, step: step / unitsPerOne };
}

/** What is asked of the device; only what it has, and within its reach. Empty where there is nothing to ask. */
export function deviceSettingsFor(settings: CameraSettings, abilities: CameraAbilities): DeviceSettings {
  return { ...exposureFor(settings, abilities), ...whiteBalanceFor(settings, abilities) };
}

function exposureFor({ exposure }: CameraSettings, { exposure: can }: CameraAbilities): DeviceSettings {
  if (exposure?.mode === 'auto' && can.hasAuto) {
    const { compensation } = exposure;
    return {
      exposureMode: 'continuous',
      ...(compensation !== null &&
        can.compensation && { exposureCompensation: within(compensation, can.compensation) }),
    };
  }
  if (exposure?.mode !== 'manual' || !can.hasManual) return {};
  const { timeMs } = exposure;
  return {
    exposureMode: 'manual',
    ...(timeMs !== null &&
      can.timeMs && { exposureTime: Math.round(within(timeMs, can.timeMs) * TIME_UNITS_PER_MS) }),
  };
}

function whiteBalanceFor(
  { whiteBalance }: CameraSettings,
  { whiteBalance: can }: CameraAbilities,
): DeviceSettings {
  if (whiteBalance?.mode === 'auto' && can.hasAuto) return { whiteBalanceMode: 'continuous' };
  if (!whiteBalance || whiteBalance.mode === 'auto' || !can.hasManual) return {};
  const kelvin = whiteBalance.mode === 'manual' ? whiteBalance.kelvin : null;
  return {
    whiteBalanceMode: 'manual',
    ...(kelvin !== null && can.kelvin && { colorTemperature: within(kelvin, can.kelvin) }),
  };
}

function within(value: number, { minimum, maximum }: Reach): number {
  return Math.min(maximum, Math.max(minimum, value));
}

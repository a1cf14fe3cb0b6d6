import type { Page } from 'playwright-core';

interface Pads {
  readonly pads: { axes: readonly number[]; pressed: readonly number[] };
}

/** A gamepad whose sticks and buttons are wherever the test puts them; for `addInitScript` time. */
export async function plugPad(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const pads = { axes: [0, 0, 0, 0], pressed: [] as number[] };
    Object.assign(window, { pads });
    const button = (_: unknown, index: number) => {
      const pressed = pads.pressed.includes(index);
      return { pressed, touched: pressed, value: pressed ? 1 : 0 };
    };
    navigator.getGamepads = () => [
      {
        id: 'test pad',
        index: 0,
        connected: true,
        mapping: 'standard',
        axes: pads.axes,
        buttons: Array.from({ length: 17 }, button),
      } as unknown as Gamepad,
    ];
  });
}

/** Where the sticks are from now on, and which buttons are held, as the W3C's standard layout numbers them. */
export function movePad(page: Page, axes: readonly number[], pressed: readonly number[] = []): Promise<void> {
  return page.evaluate(
    async ([position, buttons]) => {
      Object.assign((window as unknown as Pads).pads, { axes: [...position], pressed: [...buttons] });
      // A page that is busy reads it late.
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    },
    [axes, pressed] as const,
  );
}

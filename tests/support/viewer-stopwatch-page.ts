// Runs inside the workstation's page: times what a key press leads to, by what the library has drawn.

export interface Stopwatch {
  /** From the next key press to the first picture, and to the last image of its series in memory. */
  readonly opening: Promise<{ readonly firstMs: number; readonly allMs: number }>;
  viewportSize(): { readonly width: number; readonly height: number };
  /** From each key press to the picture of the next image, from the first one on. */
  scroll(steps: number): Promise<number[]>;
  /** From the key for three planes to the last of their first pictures. */
  reformat(): Promise<number>;
}

declare global {
  var stopwatch: Stopwatch;
}

/** Self-contained: it is sent to the page as text. */
export function installStopwatch(): void {
  const renderedEvent = 'CORNERSTONE_IMAGE_RENDERED';
  const press = (code: string) =>
    (document.activeElement ?? document.body).dispatchEvent(
      new KeyboardEvent('keydown', { code, key: code, bubbles: true, cancelable: true }),
    );

  /** The middle of a picture is never background in these series. */
  const isDrawn = (element: Element): boolean => {
    const canvas = element.querySelector('canvas');
    const copy = new OffscreenCanvas(1, 1).getContext('2d');
    if (!canvas || !copy) return false;
    copy.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
    return (copy.getImageData(0, 0, 1, 1).data[0] ?? 0) > 0;
  };

  /** `isFirst`: not the empty screen that comes before the first image. */
  const nextPicture = (isMeant: (element: Element) => boolean, isFirst = false): Promise<void> =>
    new Promise((resolve) => {
      const listener = (event: Event) => {
        if (!(event.target instanceof Element) || !isMeant(event.target)) return;
        const { viewportStatus } = (event as CustomEvent<{ viewportStatus: string }>).detail;
        if (isFirst && (viewportStatus === 'noData' || viewportStatus === 'loading')) return;
        window.removeEventListener(renderedEvent, listener, true);
        resolve();
      };
      window.addEventListener(renderedEvent, listener, true);
    });

  const inPane = (pane: number) => (element: Element) =>
    element.closest(`[data-pane="${pane}"]`) !== null && isDrawn(element);

  const allLoaded = (): Promise<void> =>
    new Promise((resolve) => {
      const check = () => {
        const bar = document.querySelector('[data-pane="0"] [role="scrollbar"]');
        const total = bar?.getAttribute('aria-valuemax');
        if (total && bar?.getAttribute('data-loaded') === total) resolve();
        else requestAnimationFrame(check);
      };
      check();
    });

  const opening = async () => {
    const startMs = await new Promise<number>((resolve) => {
      window.addEventListener('keydown', () => resolve(performance.now()), { capture: true, once: true });
    });
    await nextPicture((element) => element.closest('[data-pane="0"]') !== null, true);
    const firstMs = performance.now() - startMs;
    await allLoaded();
    return { firstMs, allMs: performance.now() - startMs };
  };

  globalThis.stopwatch = {
    opening: opening(),
    viewportSize: () => {
      const box = document.querySelector('[data-pane="0"] [data-testid="viewport"]')?.getBoundingClientRect();
      return { width: Math.round(box?.width ?? 0), height: Math.round(box?.height ?? 0) };
    },
    scroll: async (steps) => {
      const times: number[] = [];
      press('Home');
      await new Promise((resolve) => setTimeout(resolve, 500));
      for (let step = 0; step < steps; step++) {
        const startMs = performance.now();
        const picture = nextPicture((element) => element.closest('[data-pane="0"]') !== null);
        press('ArrowDown');
        await picture;
        times.push(performance.now() - startMs);
      }
      return times;
    },
    reformat: async () => {
      const startMs = performance.now();
      const pictures = Promise.all([0, 1, 2].map((pane) => nextPicture(inPane(pane))));
      press('KeyM');
      await pictures;
      return performance.now() - startMs;
    },
  };
}

/** As `--row-height` in the design tokens. */
export const ROW_HEIGHT_PX = 28;
export const HEADER_HEIGHT_PX = 28;

/** Scrolls as little as possible so that a row is in sight below the header. */
export function revealRow(scroller: HTMLElement, index: number): void {
  const top = index * ROW_HEIGHT_PX;
  const shownHeight = scroller.clientHeight - HEADER_HEIGHT_PX;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + ROW_HEIGHT_PX > scroller.scrollTop + shownHeight) {
    scroller.scrollTop = top + ROW_HEIGHT_PX - shownHeight;
  }
}

/** Rows that Page Up and Page Down move by: one less than fit, so that the eye keeps a hold. */
export function rowsPerPage(scroller: HTMLElement): number {
  return Math.max(1, Math.floor((scroller.clientHeight - HEADER_HEIGHT_PX) / ROW_HEIGHT_PX) - 1);
}

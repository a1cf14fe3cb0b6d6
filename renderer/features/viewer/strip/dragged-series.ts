import { PaneState } from '#shared/contract/viewing.ts';
import type { PaneContent } from '../session/layout.ts';

const FORMAT = 'application/x-enkaku-series';

const Dragged = PaneState.pick({ studyKey: true, seriesUid: true, stackId: true }).partial({ stackId: true });

/** Puts a series into a drag, for panes of this page and of other windows of this workstation. */
export function dragSeries(
  transfer: DataTransfer,
  content: Pick<PaneContent, 'studyKey' | 'seriesUid' | 'stackId'>,
): void {
  const { studyKey, seriesUid, stackId } = content;
  transfer.setData(FORMAT, JSON.stringify({ studyKey, seriesUid, stackId }));
  transfer.effectAllowed = 'copy';
}

export function draggedContent(transfer: DataTransfer): PaneContent | undefined {
  const text = transfer.getData(FORMAT);
  if (text === '') return undefined;
  try {
    const { studyKey, seriesUid, stackId } = Dragged.parse(JSON.parse(text));
    return { studyKey, seriesUid, stackId, plane: 'stored', slab: null };
  } catch {
    return undefined;
  }
}

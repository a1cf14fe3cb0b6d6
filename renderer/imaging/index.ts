// Draws images and measures on them: everything that touches Cornerstone3D. This is the room's public face.
export { planeOfStack, reformat, thicknessOfSlices, withSlab } from './derived/derived-stacks.ts';
export type { DerivedStack } from './derived/derived-stacks.ts';
export type { ImageStack, Slab, StackImage } from './image-stack.ts';
export { findImage } from './image-stack.ts';
export { peekFrame } from './loading/shared-loader.ts';
export type { LoadState, StackProgress } from './loading/stack-progress.ts';
export type { Observable } from './observable.ts';
export { openSeries } from './series/open-series.ts';
export type { SeriesModel } from './series/open-series.ts';
export type { Camera } from './view/camera.ts';
export type { VoiChoice } from './view/grey-scale.ts';
export { RENDERING_ENGINE_ID, createStackView } from './view/stack-view.ts';
export type { Affine, ShowOptions, StackView, ViewState } from './view/stack-view.ts';

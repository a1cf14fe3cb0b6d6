import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type {
  AnnotationContent,
  ImageTarget,
  KeyImage,
  ViewerPreferences,
  ViewerState,
} from '#shared/contract/viewing.ts';
import type { Slab } from '#shared/domain/annotation.ts';
import { nearestImage } from '#shared/dicom/geometry/linking.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { BackendClient } from '#renderer/backend/connection.ts';
import type { ImageStack, Observable, VoiChoice } from '#renderer/imaging/index.ts';
import { Store } from '#renderer/imaging/observable.ts';
import type { PrimaryTool } from '#renderer/imaging/tools/pane-surface.ts';
import { StudyAnnotations } from '../annotations/study-annotations.ts';
import { KeyImages } from '../annotations/key-images.ts';
import { Cine, fpsOf, nextFps } from './cine.ts';
import { initialVoi } from './initial-window.ts';
import type { Layout, PaneContent } from './layout.ts';
import { layoutOfState, resized, swapped, withPane } from './layout.ts';
import { HangingBySession } from './hanging.ts';
import { Linking } from './linking.ts';
import { jumpTo } from './marks.ts';
import { addStudy } from './open-study.ts';
import { PaneController } from './pane-controller.ts';
import type { PaneElements, PaneNotice, StackResolver } from './pane-controller.ts';
import { createPaneOwner } from './pane-owner.ts';
import { SeenFrames } from './seen-frames.ts';
import { SeriesLibrary } from './series-library.ts';
import { StateKeeper } from './state-keeper.ts';
import { derivedStack } from './stack-derivation.ts';
import { initialModel } from './viewer-model.ts';
import type { PatientPoint, ViewerModel } from './viewer-model.ts';

export interface SessionOptions {
  readonly backend: BackendClient;
  readonly studyKey: StudyKey;
}

/** One study being read: what is on the screen, and everything that can be done with it. */
export class ViewerSession implements StackResolver {
  readonly studyKey: StudyKey;
  readonly backend: BackendClient;
  readonly model: StoreApi<ViewerModel> = createStore(() => initialModel);
  readonly library = new SeriesLibrary();
  readonly seen: SeenFrames;
  readonly keeper: StateKeeper;
  readonly linking: Linking;
  readonly hanging: HangingBySession;
  readonly #controllers = new Store<ReadonlyMap<number, PaneController>>(new Map());
  readonly #annotations = new Map<StudyKey, StudyAnnotations>();
  readonly #keyImages = new Map<StudyKey, KeyImages>();
  readonly #stopModel: () => void;
  #cine: Cine | undefined;
  #beforeReformat: Layout | undefined;

  constructor({ backend, studyKey }: SessionOptions) {
    this.backend = backend;
    this.studyKey = studyKey;
    this.seen = new SeenFrames(backend.viewing);
    this.keeper = new StateKeeper(this);
    this.linking = new Linking(this);
    this.hanging = new HangingBySession(this);
    this.#stopModel = this.model.subscribe((now, before) => this.#follow(now, before));
  }

  // --- panes ---

  get layout() {
    return this.model.getState().layout;
  }

  /** The pane that keys and menus speak to. */
  get active(): PaneController | undefined {
    return this.controller(this.layout.activePane);
  }

  /** Follows which panes are on the screen. */
  get mounted(): Observable<ReadonlyMap<number, PaneController>> {
    return this.#controllers;
  }

  controllers(): readonly PaneController[] {
    return [...this.#controllers.get().values()].toSorted((a, b) => a.pane - b.pane);
  }

  controller(pane: number): PaneController | undefined {
    return this.#controllers.get().get(pane);
  }

  /** Puts a pane on the screen; the returned function takes it off. */
  mount(pane: number, elements: PaneElements): () => void {
    const controller = new PaneController(pane, elements, this, createPaneOwner(this, pane));
    this.#controllers.set(new Map([...this.#controllers.get(), [pane, controller]]));
    const stopState = controller.view.state.subscribe(() => {
      this.linking.follow(controller);
      this.keeper.changed();
    });
    controller.overlays.setVisible(this.model.getState().preferences.areOverlaysShown);
    void controller.show(this.layout.panes[pane] ?? null);
    return () => {
      stopState();
      this.linking.forget(controller);
      this.#controllers.set(new Map([...this.#controllers.get()].filter(([, each]) => each !== controller)));
      controller.dispose();
    };
  }

  activate(pane: number): void {
    const { layout } = this;
    if (layout.activePane !== pane) this.update({ layout: { ...layout, activePane: pane } });
  }

  setLayout(rows: number, columns: number): void {
    this.update({ layout: resized(this.layout, rows, columns) });
    void this.backend.settings.change({ lastLayout: { rows, columns } }).catch(ignored);
  }

  toggleMaximised(pane = this.layout.activePane): void {
    const { layout } = this;
    this.update({ layout: { ...layout, activePane: pane, isMaximised: !layout.isMaximised } });
  }

  put(pane: number, content: PaneContent | null): void {
    this.update({ layout: { ...withPane(this.layout, pane, content), activePane: pane } });
  }

  swap(one: number, other: number): void {
    this.update({ layout: { ...swapped(this.layout, one, other), activePane: other } });
  }

  /** Changes what the active pane shows, if it shows anything. */
  change(change: (content: PaneContent) => PaneContent): void {
    const { layout } = this;
    const content = layout.panes[layout.activePane];
    if (content) this.update({ layout: withPane(layout, layout.activePane, change(content)) });
  }

  restore(state: ViewerState): void {
    this.update({ layout: layoutOfState(state) });
  }

  /** The other side for 今回, remembered for every study. */
  swapSides(): void {
    const { settings, hanging } = this.model.getState();
    const currentSideOfPrior = settings?.currentSideOfPrior === 'right' ? 'left' : 'right';
    if (settings) this.update({ settings: { ...settings, currentSideOfPrior } });
    void this.backend.settings.change({ currentSideOfPrior }).catch(ignored);
    if (hanging) this.hanging.apply(hanging.stage);
  }

  /** Three planes of the active stack beside its own images, or back to what was there before. */
  toggleReformat(): void {
    const { layout } = this;
    const content = layout.panes[layout.activePane];
    if (this.#beforeReformat) {
      this.update({ layout: this.#beforeReformat, crosshair: undefined });
      this.#beforeReformat = undefined;
      return;
    }
    if (!content) return;
    this.#beforeReformat = layout;
    const inPlane = (plane: PaneContent['plane']): PaneContent => ({
      studyKey: content.studyKey,
      seriesUid: content.seriesUid,
      stackId: content.stackId,
      plane,
      slab: null,
      initial: { window: this.active?.state()?.window ?? null },
    });
    this.update({
      layout: {
        rows: 2,
        columns: 2,
        panes: [inPlane('axial'), inPlane('coronal'), inPlane('sagittal'), inPlane('stored')],
        activePane: 0,
        isMaximised: false,
      },
      tool: 'crosshair',
    });
  }

  /** A person points at a place: every pane that has it shows it. */
  pointAt(pane: number, crosshair: PatientPoint): void {
    this.update({ crosshair });
    for (const controller of this.controllers()) {
      if (controller.pane === pane) continue;
      const { stack, image } = controller.view.state.get();
      if (image?.description.frameOfReferenceUid !== crosshair.frameOfReferenceUid) continue;
      const planes = stack?.images.map(({ description }) => description.plane) ?? [];
      const nearest = nearestImage(planes, crosshair.pointMm);
      if (nearest) void controller.view.setIndex(nearest.index);
    }
  }

  /** The series before or after the one in the active pane, in the order of the strip. */
  showNeighbour(direction: 1 | -1): void {
    const content = this.layout.panes[this.layout.activePane];
    const offered = this.library.snapshot().flatMap(({ series }) =>
      (series ?? []).flatMap((each) => {
        const ids = each.model?.stacks.map(({ id }) => id) ?? [undefined];
        return ids.map((stackId) => ({
          studyKey: each.studyKey,
          seriesUid: each.summary.seriesUid,
          stackId,
        }));
      }),
    );
    const at = offered.findIndex(
      ({ seriesUid, stackId }) =>
        seriesUid === content?.seriesUid &&
        (stackId === undefined || stackId === (content.stackId ?? stackId)),
    );
    const next = offered[at + direction];
    if (next) this.put(this.layout.activePane, { ...next, plane: 'stored', slab: null });
  }

  /** Lists the series of a study that is known only by name so far. */
  async openPrior(studyKey: StudyKey): Promise<void> {
    await addStudy(this, studyKey, 'prior');
    await this.library.readAll(studyKey);
  }

  async jumpTo(studyKey: StudyKey, target: ImageTarget, window: KeyImage['window']): Promise<void> {
    await jumpTo(this, studyKey, target, { window });
  }

  async toggleKeyImage(studyKey: StudyKey, target: ImageTarget, window: KeyImage['window']): Promise<void> {
    await this.keyImages(studyKey).toggle(target, window);
  }

  async showAnnotation(studyKey: StudyKey, annotationUid: string, isEditing = false): Promise<void> {
    const annotation = this.annotations(studyKey).find(annotationUid);
    if (!annotation) return;
    const { target, geometry } = annotation;
    const controller = await jumpTo(this, studyKey, target, { geometry });
    const selected = { studyKey, annotationUid };
    this.update({ selected, areAnnotationsShown: true });
    if (isEditing && controller)
      this.update({ editing: { ...selected, pane: controller.pane, draft: undefined } });
  }

  /** The safe answer to two patients on one screen. */
  removeOtherPatients(): void {
    const { layout } = this;
    const isOurs = ({ studyKey }: PaneContent) => this.library.study(studyKey)?.role !== 'other';
    const panes = layout.panes.map((content) => (content && isOurs(content) ? content : null));
    this.update({ layout: { ...layout, panes } });
  }

  // --- tools and switches ---

  setTool(tool: PrimaryTool): void {
    for (const { surface } of this.controllers()) surface.cancel();
    this.update({ tool });
  }

  setPreferences(change: Partial<ViewerPreferences>): void {
    const preferences = { ...this.model.getState().preferences, ...change };
    this.update({ preferences });
    // A switch that cannot be stored still works on this screen.
    void this.backend.viewing.savePreferences(preferences).catch(ignored);
  }

  /** Draws every pane's annotations again. */
  refresh(): void {
    for (const { surface } of this.controllers()) surface.refresh();
  }

  setWindow(window: { readonly width: number; readonly centre: number }): void {
    this.active?.view.setVoi({ kind: 'window', window });
  }

  /** As when the stack was first shown. */
  resetWindow(): void {
    const { active } = this;
    const { stack } = active?.view.state.get() ?? {};
    if (!active?.content || !stack) return;
    active.view.setVoi(this.initialVoi(active.content, stack) ?? { kind: 'file', index: 0 });
  }

  setSlab(slab: Slab | null): void {
    this.change((content) => ({ ...content, slab }));
  }

  // --- annotations ---

  annotations(studyKey: StudyKey): StudyAnnotations {
    const known = this.#annotations.get(studyKey);
    if (known) return known;
    const annotations = new StudyAnnotations(this.backend.viewing, studyKey);
    this.#annotations.set(studyKey, annotations);
    annotations.subscribe(() => this.refresh());
    void annotations.load().catch(ignored);
    return annotations;
  }

  keyImages(studyKey: StudyKey): KeyImages {
    const known = this.#keyImages.get(studyKey) ?? new KeyImages(this.backend.viewing, studyKey);
    this.#keyImages.set(studyKey, known);
    return known;
  }

  annotationsOf({ studyKey }: PaneContent): readonly AnnotationContent[] {
    const { areAnnotationsShown, editing } = this.model.getState();
    if (!areAnnotationsShown) return [];
    const kept = this.annotations(studyKey).snapshot().annotations;
    return editing?.studyKey === studyKey && editing.draft ? [...kept, editing.draft] : kept;
  }

  /** The connection is back: what waited is stored, what others changed is fetched. */
  reconnected(): void {
    for (const annotations of this.#annotations.values()) void annotations.load().catch(ignored);
    for (const keyImages of this.#keyImages.values()) void keyImages.load().catch(ignored);
    void this.seen.flush();
    for (const { view } of this.controllers()) {
      if (view.state.get().status === 'failed') view.retry();
    }
  }

  // --- cine ---

  toggleCine(): void {
    const { cine } = this.model.getState();
    if (cine) {
      this.#stopCine();
      return;
    }
    const controller = this.active;
    const count = controller?.view.state.get().stack?.images.length ?? 0;
    if (!controller || count < 2) return;
    const wantedFps = fpsOf(controller.view);
    this.#cine = new Cine(controller.view, wantedFps, (realFps) => {
      const { cine: now } = this.model.getState();
      if (now) this.update({ cine: { ...now, realFps } });
    });
    this.update({ cine: { pane: controller.pane, wantedFps, realFps: undefined } });
  }

  changeCineSpeed(direction: 1 | -1): void {
    const { cine } = this.model.getState();
    if (cine) this.setCineSpeed(nextFps(cine.wantedFps, direction));
  }

  setCineSpeed(wantedFps: number): void {
    const { cine } = this.model.getState();
    if (!cine) return;
    this.#cine?.setFps(wantedFps);
    this.update({ cine: { ...cine, wantedFps, realFps: undefined } });
  }

  #stopCine(): void {
    this.#cine?.stop();
    this.#cine = undefined;
    this.update({ cine: undefined });
  }

  // --- what panes show ---

  peek({ studyKey, seriesUid, stackId, plane, slab }: PaneContent): ImageStack | undefined {
    const stack = this.library.stack(studyKey, seriesUid, stackId);
    const derived = stack && derivedStack(stack, plane, slab);
    if (!stack || !derived || !('images' in derived)) return undefined;
    void this.seen.follow(stack);
    return derived;
  }

  async resolve(content: PaneContent): Promise<ImageStack | PaneNotice> {
    const model = await this.library.read(content.studyKey, content.seriesUid);
    if (!model) return { kind: 'unreadable' };
    const stack = this.library.stack(content.studyKey, content.seriesUid, content.stackId);
    if (!stack) return { kind: 'no-images' };
    void this.seen.follow(stack);
    return derivedStack(stack, content.plane, content.slab);
  }

  initialVoi(_content: PaneContent, stack: ImageStack): VoiChoice | undefined {
    return initialVoi(stack);
  }

  update(change: Partial<ViewerModel>): void {
    this.model.setState(change);
  }

  dispose(): void {
    this.#stopModel();
    this.#cine?.stop();
    this.keeper.dispose();
    this.seen.dispose();
    for (const annotations of this.#annotations.values()) annotations.dispose();
    for (const keyImages of this.#keyImages.values()) keyImages.dispose();
  }

  #follow(now: ViewerModel, before: ViewerModel): void {
    if (now.layout !== before.layout) {
      for (const controller of this.controllers()) {
        const content = now.layout.panes[controller.pane];
        if (content !== undefined) void controller.show(content);
      }
      if (now.cine && now.layout.panes[now.cine.pane] !== before.layout.panes[now.cine.pane])
        this.#stopCine();
      this.keeper.changed();
    }
    const isRedrawn =
      now.selected !== before.selected ||
      now.areAnnotationsShown !== before.areAnnotationsShown ||
      now.editing !== before.editing;
    if (isRedrawn) this.refresh();
    if (now.preferences.areOverlaysShown !== before.preferences.areOverlaysShown) {
      for (const { overlays } of this.controllers()) overlays.setVisible(now.preferences.areOverlaysShown);
    }
    this.linking.modelChanged(now, before);
  }
}

/** What fails here is shown elsewhere: by the connection banner, or as unsaved. */
function ignored(): void {}

import type { SpawnHelper } from './helper-process.ts';

/** Starts the simulated controller, once for this backend, and says where it listens. */
export function startSimulatedStage(spawnHelper: SpawnHelper, logPath: string): Promise<string> {
  const stage = spawnHelper('simulated-stage');
  return new Promise((resolve, reject) => {
    stage.onMessage((message) => resolve((message as { readonly socketPath: string }).socketPath));
    stage.onExit(() => reject(new Error('the simulated stage ended')));
    stage.send({ logPath });
  });
}

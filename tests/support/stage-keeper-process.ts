// A backend as far as the simulated stage is concerned. Says where the stage listens, and lives until it is ended.
import { forkHelper } from '#backend/processes/helper-process.ts';
import { startSimulatedStage } from '#backend/processes/simulated-stage.ts';

const [logPath = ''] = process.argv.slice(2);
process.stdout.write(await startSimulatedStage({ spawnHelper: forkHelper, logPath }).socketPath);
process.stdin.on('end', () => process.exit(0)).resume();

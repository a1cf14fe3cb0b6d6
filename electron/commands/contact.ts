// npm run contact: this workstation's card, and the workstations it knows, without a window.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseBroker } from '#shared/link/broker-choice.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { exitCodes, languageOption, runCommand } from './run-command.ts';
import type { Sentences } from './sentences.ts';
import { openArchive } from './with-archive.ts';
import type { OpenedArchive } from './with-archive.ts';

const MAXIMUM_FILE_CHARACTERS = 4000;

const STANDARD_INPUT = 0;
const OPTION = /^--(data|broker|lang)(=|$)/;

const given = process.argv.slice(2);
/** An id, or its beginning, may begin with a hyphen and is no option then. */
const hyphened = given.filter(
  (argument, at) => given[at - 1] === 'revoke' && argument.startsWith('-') && !OPTION.test(argument),
);
const { values, positionals } = parseArgs({
  args: [...given.filter((argument) => !hyphened.includes(argument)), '--', ...hyphened],
  allowPositionals: true,
  options: { data: { type: 'string' }, broker: { type: 'string', default: 'embedded' }, ...languageOption },
});

await runCommand(values.lang, async (sentences) => {
  const [verb, operand] = positionals;
  const needsOperand = verb === 'add' || verb === 'revoke';
  const isKnown = needsOperand || verb === 'show' || verb === 'list';
  const broker = parseBroker(values.broker);
  if (values.data === undefined || !isKnown || !broker || positionals.length !== (needsOperand ? 2 : 1)) {
    process.stderr.write(`${sentences.command('contact-usage')}\n`);
    return exitCodes.couldNotWork;
  }
  const workstation = await openArchive(values.data, (backend) => backend.openContacts(broker));
  try {
    if (verb === 'show') return await show(workstation);
    if (verb === 'list') return await list(workstation, sentences);
    if (verb === 'add') return await add(workstation, operand ?? '', sentences);
    return await revoke(workstation, operand ?? '', sentences);
  } finally {
    await workstation.close();
  }
});

/** The card and nothing else, for `> card.txt`. */
async function show({ client }: OpenedArchive): Promise<number> {
  const { cardText } = await client.link.showCard({});
  process.stdout.write(`${cardText}\n`);
  return exitCodes.done;
}

/** One line a contact: id, name, safety code, separated by tabs. */
async function list({ client }: OpenedArchive, sentences: Sentences): Promise<number> {
  const { contacts } = await client.link.getState({});
  for (const { deviceId, name, safetyCode, revokedAtMs } of contacts) {
    const mark = revokedAtMs === null ? [] : [sentences.command('contact-is-revoked')];
    process.stdout.write(line(deviceId, name, safetyCode, ...mark));
  }
  return exitCodes.done;
}

async function add({ client }: OpenedArchive, file: string, sentences: Sentences): Promise<number> {
  let cardText: string;
  try {
    cardText = readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8');
  } catch {
    return refuse(sentences, 'contact-file-unreadable', file);
  }
  if (cardText.length > MAXIMUM_FILE_CHARACTERS) return refuse(sentences, 'contact-card-unreadable', file);
  try {
    const { deviceId, name, safetyCode } = await client.link.addCard({ cardText });
    process.stdout.write(line(deviceId, name, safetyCode));
    process.stderr.write(`${sentences.command('contact-added', { name: plain(name), safetyCode })}\n`);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof RpcError) || error.code !== 'invalid-input') throw error;
    const isOwn = error.message.includes('own-card');
    return refuse(sentences, isOwn ? 'contact-own-card' : 'contact-card-unreadable', file);
  }
}

/** Takes the whole id or as much of its beginning as names one contact only. */
async function revoke({ client }: OpenedArchive, id: string, sentences: Sentences): Promise<number> {
  const { contacts } = await client.link.getState({});
  const [found, another] = contacts.filter(({ deviceId }) => deviceId.startsWith(id));
  if (!found || another || id === '') return refuse(sentences, 'contact-unknown', id);
  await client.link.revoke({ deviceId: found.deviceId });
  process.stderr.write(`${sentences.command('contact-revoked', { name: plain(found.name) })}\n`);
  return exitCodes.done;
}

function line(...fields: readonly string[]): string {
  return `${fields.map(plain).join('\t')}\n`;
}

/** Names stand on other people's cards: nothing in them may steer the terminal or look like another line. */
function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, ' ');
}

function refuse(sentences: Sentences, key: string, what: string): number {
  process.stderr.write(`${sentences.command(key, { what })}\n`);
  return exitCodes.couldNotWork;
}

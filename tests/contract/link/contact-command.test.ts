import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeContactCard } from '#shared/link/contact-card.ts';
import { createStoredKeys } from '#shared/link/identity.ts';
import { descendantsOf } from '#tests/support/stray-processes.ts';
import { root, runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
afterAll(() => folder.remove());

const dataDir = (name: string) => path.join(folder.path, name);
const cardFile = (name: string) => path.join(folder.path, `${name}.card`);
const contact = (name: string, ...args: string[]) =>
  runCommand('electron/commands/contact.ts', ['--data', dataDir(name), '--lang', 'en', ...args]);

test(
  'two administrators carry cards by hand, one beside a running workstation: the same safety code at both',
  { timeout: 120_000 },
  async () => {
    const running = await startWorkstation(dataDir('hospital'));
    try {
      for (const name of ['hospital', 'university']) {
        const shown = await contact(name, 'show');
        expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^enkaku:1:[\w-]+\n$/) });
        writeFileSync(cardFile(name), shown.stdout);
        // Again: it is the same workstation.
        expect((await contact(name, 'show')).stdout).toBe(shown.stdout);
        expect(statSync(path.join(dataDir(name), 'device-key')).mode & 0o777).toBe(0o600);
      }
      expect((await contact('hospital', 'add', cardFile('university'))).code).toBe(0);
      expect((await contact('university', 'add', cardFile('hospital'))).code).toBe(0);

      const fields = async (name: string) => (await contact(name, 'list')).stdout.trimEnd().split('\t');
      const [one, other] = [await fields('hospital'), await fields('university')];
      expect(one).toHaveLength(3);
      expect(one[0]).not.toBe(other[0]);
      expect(one[2]).toMatch(/^\d{6}$/);
      expect(one[2]).toBe(other[2]);

      expect((await contact('hospital', 'revoke', one[0]?.slice(0, 8) ?? '')).code).toBe(0);
      expect((await fields('hospital'))[3]).toBe('revoked');
    } finally {
      await running.stop();
    }
  },
);

test('while the workstation is off a command starts nothing but itself', { timeout: 60_000 }, async () => {
  for (const verb of ['show', 'list']) {
    const script = path.join(root, 'electron/commands/contact.ts');
    const child = spawn(process.execPath, [script, '--data', dataDir('alone'), verb], { stdio: 'ignore' });
    const others = new Set<number>();
    const watching = setInterval(() => {
      for (const pid of descendantsOf(child.pid ?? 0)) others.add(pid);
    }, 10);
    const [code] = (await once(child, 'exit')) as [number];
    clearInterval(watching);
    expect({ verb, code, others: [...others] }).toEqual({ verb, code: 0, others: [] });
  }
  // The card names the port that the workstation then has.
  const { stdout } = await contact('alone', 'show');
  const running = await startWorkstation(dataDir('alone'));
  expect((await contact('alone', 'show')).stdout).toBe(stdout);
  await running.stop();
});

test('what cannot be done says why in a sentence, and exits with 1', { timeout: 60_000 }, async () => {
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await contact('university', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };
  expect(await refused('add', path.join(folder.path, 'missing'))).toContain('cannot be read');
  writeFileSync(path.join(folder.path, 'junk'), 'enkaku:1:%%%');
  expect(await refused('add', path.join(folder.path, 'junk'))).toContain('not a contact card');
  writeFileSync(cardFile('own'), (await contact('university', 'show')).stdout);
  expect(await refused('add', cardFile('own'))).toContain("this workstation's own card");
  expect(await refused('revoke', 'nobody')).toContain('exactly one contact');
  expect(await refused('dance')).toContain('Usage');
});

test(
  'a card comes through a pipe, and a name on it cannot steer the terminal',
  { timeout: 60_000 },
  async () => {
    const stored = await createStoredKeys();
    const keys = stored.public;
    const cardText = writeContactCard({ name: 'A\u001b[2J\tB\nC', keys, broker: 'mqtt://127.0.0.1:1' });
    const child = spawn(
      process.execPath,
      [path.join(root, 'electron/commands/contact.ts'), '--data', dataDir('piped'), 'add', '-'],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.end(cardText);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(0);
    expect(stderr).toContain('A [2J B C');
    expect(stdout).toMatch(/^[\w-]{43}\tA \[2J B C\t\d{6}\n$/);
  },
);

test('an id that begins with a hyphen is no option', { timeout: 60_000 }, async () => {
  for (const id of [`-${'a'.repeat(42)}`, '-abc', '--abc']) {
    const { code, stderr } = await contact('piped', 'revoke', id);
    expect(code).toBe(1);
    expect(stderr).toContain('exactly one contact');
  }
});

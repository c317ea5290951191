#!/usr/bin/env node
/**
 * The packed program's command: the verbs of the command line, and the processes that a checkout starts as npm scripts.
 * It runs on whatever Node is there and starts the pinned one, which is a dependency.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLI, FEW_ARENAS, PROCESSES, PROCESSES_HELP } from './processes.ts';

const LEAST_NODE = 24;

const [word = '', ...rest] = process.argv.slice(2);
const found = Object.hasOwn(PROCESSES, word) ? PROCESSES[word] : undefined;
if (['', '--help', '-h'].includes(word)) process.stdout.write(`${PROCESSES_HELP}\n`);
run([...(found ?? CLI).map(inPackage), ...(found ? rest : process.argv.slice(2))]);

function run(args: readonly string[]): void {
  const child = spawn(pinnedNode(), args, { stdio: 'inherit', env: { ...FEW_ARENAS, ...process.env } });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void child.kill(signal));
  child.on('error', (error) => {
    console.error(`Node could not be started (${error.message}).`);
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => {
    // As a shell says it of a program that a signal has ended.
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

/** An installation without install scripts has no pinned one; then the Node that is there must do. */
function pinnedNode(): string {
  try {
    const packageFile = createRequire(import.meta.url).resolve('node/package.json');
    const pinned = join(dirname(packageFile), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(pinned)) return pinned;
  } catch {
    // It is not installed.
  }
  if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE) return process.execPath;
  console.error(
    `Node ${LEAST_NODE} or later is needed, and this is ${process.version}. Let npm run the install script of the package "node", ` +
      'which brings the right one along, or start this with a later Node.',
  );
  process.exit(1);
}

/** Where the package has it, and as what. */
function inPackage(word: string): string {
  return word.endsWith('.ts')
    ? fileURLToPath(new URL(`../../${word.replace(/ts$/, 'js')}`, import.meta.url))
    : word;
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const CODE = ['shared', 'functions', 'cli', 'local', 'test']
  .flatMap(filesUnder)
  .filter((path) => path.endsWith('.ts') || path.endsWith('.mjs'));

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Comments may name clouds and clocks to say why the code does not. */
function codeOf(path: string): string {
  return textOf(path)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '');
}

interface Import {
  readonly from: string;
  /** A path in the repository, or the name of a package. */
  readonly to: string;
}

function importsOf(path: string): readonly Import[] {
  return ts.preProcessFile(textOf(path)).importedFiles.map(({ fileName }) => ({
    from: path,
    to: fileName.startsWith('.') ? join(dirname(path), fileName) : fileName,
  }));
}

const IMPORTS = CODE.flatMap(importsOf);

function offences(from: RegExp, allowed: RegExp): readonly string[] {
  return IMPORTS.filter((one) => from.test(one.from) && !allowed.test(one.to)).map((one) => `${one.from} -> ${one.to}`);
}

const CLOUDS = readdirSync(join(ROOT, 'shared/clouds'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('imports point one way', () => {
  it.each([
    ['core imports nothing but core', /^shared\/core\//, /^shared\/core\//],
    ['base knows nothing of firewalls', /^shared\/base\//, /^(shared\/base\/|@aws-sdk\/client-dynamodb$|zod$|node:)/],
    [
      'app sees core and contracts only',
      /^shared\/app\//,
      /^(shared\/(app|core|base)\/|shared\/[a-z]+\/contract\.ts$|node:)/,
    ],
    ...CLOUDS.map((cloud): [string, RegExp, RegExp] => [
      `the cloud ${cloud} sees the core, base and its contract, and no other cloud`,
      new RegExp(`^shared/clouds/${cloud}/`),
      new RegExp(`^(shared/(core|base)/|shared/clouds/(${cloud}/|contract\\.ts$)|@aws-sdk/|zod$|node:)`),
    ]),
    [
      'the ledger sees the core and base',
      /^shared\/ledger\//,
      /^(shared\/(core|base|ledger)\/|@aws-sdk\/client-dynamodb$|zod$|node:)/,
    ],
    [
      "grants see the core's model and base",
      /^shared\/grants\//,
      /^(shared\/(core\/model|base|grants)\/|@aws-sdk\/client-dynamodb$|zod$|node:)/,
    ],
    ['tickets see base', /^shared\/tickets\//, /^(shared\/(base|tickets)\/|zod$|node:)/],
    [
      'the publisher sees the model and base',
      /^shared\/publish\//,
      /^(shared\/(core\/model|base|publish)\/|@aws-sdk\/)/,
    ],
    ['the policy sees the core and base', /^shared\/policy\//, /^(shared\/(core|base|policy)\/|yaml$|zod$|node:)/],
    ['nothing in shared knows its hosts', /^shared\//, /^(?!(functions|cli|local|test)\/)/],
    [
      'functions but wire.ts see app, contracts and no adapter',
      /^functions\/[a-z]+\/(?!wire\.ts)/,
      /^(functions\/|shared\/(app|base|core)\/|shared\/[a-z]+\/contract\.ts$|zod$)/,
    ],
    [
      'emulators share no code with what they test',
      /^local\/(ec2|servicenow|bus)\//,
      /^(local\/|hono|@hono\/|zod$|node:)/,
    ],
    ['oracles share no code with what they judge', /^test\/oracle\//, /^(test\/oracle\/|fast-check$|node:)/],
  ])('%s', (_name, from, allowed) => {
    expect(CODE.some((path) => from.test(path))).toBe(true);
    expect(offences(from, allowed)).toEqual([]);
  });
});

describe('core is pure', () => {
  const core = CODE.filter((path) => path.startsWith('shared/core/'));

  it.each([
    ['waits for nothing', /\basync\b|\bawait\b|\bPromise\b/],
    // A date that is made of a number is arithmetic; one that is made of nothing is the clock.
    ['has no clock, chance or environment', /\bDate\.now\b|\bnew Date\b(?!\(\s*[^\s)])|\bMath\.random\b|\bprocess\./],
    ['knows no cloud by name', /\b(aws|azure|ec2|nsg|arn|gcp|servicenow)\b/i],
  ])('%s', (_name, forbidden) => {
    expect(core.filter((path) => forbidden.test(codeOf(path)))).toEqual([]);
  });
});

describe('rooms and names', () => {
  it('every cloud has the same files', () => {
    const expected = ['README.md', 'api.ts', 'decode.ts', 'encode.ts', 'events.ts', 'traits.ts'];
    const clouds = readdirSync(join(ROOT, 'shared/clouds'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    for (const { name } of clouds) {
      expect(readdirSync(join(ROOT, 'shared/clouds', name))).toEqual(expect.arrayContaining(expected));
    }
  });

  it('no file is a heap of things', () => {
    const heaps = /^(utils?|helpers?|types?|manager|common|misc)\./;
    expect(CODE.filter((path) => heaps.test(basename(path)))).toEqual([]);
  });

  it('files stay small', () => {
    const lines = (path: string): number => textOf(path).split('\n').length;
    expect(CODE.filter((path) => lines(path) > 400)).toEqual([]);
    const handlers = CODE.filter((path) => /^functions\/[a-z]+\/(?!wire\.ts)/.test(path));
    expect(handlers.filter((path) => lines(path) > 60)).toEqual([]);
  });

  it('partitions of a cloud are named in its traits only', () => {
    const product = CODE.filter((path) => /^(shared|functions|cli)\//.test(path) && !path.endsWith('/traits.ts'));
    expect(product.filter((path) => /arn:aws:|management\.azure\.com/.test(codeOf(path)))).toEqual([]);
  });

  it('every decision has a status', () => {
    const folder = 'docs/decisions';
    const decisions = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'));
    expect(decisions.length).toBeGreaterThan(0);
    for (const name of decisions) {
      expect(name).toMatch(/^\d{4}-[a-z0-9-]+\.md$/);
      expect(textOf(join(folder, name)), name).toMatch(/^Status: (accepted|superseded by \d{4})/m);
    }
  });

  it('nothing is switched off', () => {
    const switches = /\b(it|test|describe)\.(only|skip|todo)\b|@ts-(ignore|expect-error|nocheck)|eslint-disable/;
    expect(CODE.filter((path) => path !== 'test/house.test.ts' && switches.test(textOf(path)))).toEqual([]);
  });
});

it('the house is where this test looks for it', () => {
  expect(statSync(join(ROOT, 'shared/core/model')).isDirectory()).toBe(true);
});

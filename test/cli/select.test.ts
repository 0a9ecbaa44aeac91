import { describe, expect, it } from 'vitest';
import { isFault, type Selection, toRunOptions } from '../../src/cli/options.ts';
import { select } from '../../src/cli/select.ts';
import { nearest } from '../../src/nearest.ts';
import { defineTransform, done, type Transform } from '../../src/transform.ts';

const sample = (name: string, isDefault: boolean, ...tags: readonly string[]): Transform =>
  defineTransform({
    name,
    summary: '',
    tags,
    default: isDefault,
    changes: [],
    reasons: { none: 'nothing' },
    run: (_reading, explain) => done(explain('none')),
  });

const transforms = [
  sample('split-stages', true, 'size'),
  sample('pin-base', false, 'security'),
  sample('slim-runtime', true, 'size'),
  sample('share-base-args', false),
  sample('drop-root', true, 'security'),
];
const everything: Selection = { only: [], skip: [], with: [], until: undefined };

function names(selection: Partial<Selection>): readonly string[] | string {
  const chosen = select(transforms, { ...everything, ...selection });
  return isFault(chosen) ? chosen.reason.code : chosen.map(({ name }) => name);
}

describe('select', () => {
  it.each<[Partial<Selection>, readonly string[] | string]>([
    [{}, ['split-stages', 'slim-runtime', 'drop-root']],
    [{ only: ['drop-root', 'split-stages'] }, ['split-stages', 'drop-root']],
    [{ only: ['tag:security'] }, ['pin-base', 'drop-root']],
    [{ only: ['*-base*'] }, ['pin-base', 'share-base-args']],
    [{ only: ['s*-*s'] }, ['split-stages', 'share-base-args']],
    [{ only: ['????-root'] }, ['drop-root']],
    [{ with: ['pin-base'] }, ['split-stages', 'pin-base', 'slim-runtime', 'drop-root']],
    [{ skip: ['tag:size'] }, ['drop-root']],
    [{ until: 'slim-runtime' }, ['split-stages', 'slim-runtime']],
    [{ only: ['drop-root'], skip: ['drop-root'] }, 'cli/nothing-selected'],
    [{ skip: ['zzz*'] }, 'cli/nothing-selected'],
    [{ only: ['slim-runtme'] }, 'cli/unknown-transform'],
    [{ until: 'slim*' }, 'cli/unknown-transform'],
  ])('%j', (selection, expected) => {
    expect(names(selection)).toEqual(expected);
  });

  it('suggests the nearest id and tag', () => {
    expect(select(transforms, { ...everything, only: ['slim-runtme'] })).toMatchObject({
      hints: ['did you mean "slim-runtime"?'],
    });
    expect(select(transforms, { ...everything, only: ['tag:securty'] })).toMatchObject({
      hints: ['did you mean "tag:security"?'],
    });
  });

  it('a pattern of many stars is quick', () => {
    expect(names({ only: [`${'*a'.repeat(200)}*`] })).toBe('cli/nothing-selected');
  });
});

describe('nearest', () => {
  it('swaps and omissions are near, other words are not', () => {
    expect(nearest('lsit', ['list', 'explain'])).toBe('list');
    expect(nearest('explan', ['list', 'explain'])).toBe('explain');
    expect(nearest('src', ['list', 'explain'])).toBeUndefined();
    expect(nearest('list', ['list'])).toBeUndefined();
  });
});

describe('toRunOptions', () => {
  it('reads the wishes', () => {
    const options = toRunOptions(
      { runtime: 'image=gcr.io/a/b:c', targetUser: 'web:1001', healthcheck: 'http:/health' },
      [],
    );
    expect(options).toMatchObject({
      wishes: {
        runtime: { image: 'gcr.io/a/b:c' },
        user: { name: 'web', uid: 1001 },
        healthcheck: { http: '/health' },
      },
    });
    expect(toRunOptions({ healthcheck: 'cmd:test -e /ready' }, [])).toMatchObject({
      wishes: { healthcheck: { command: 'test -e /ready' } },
    });
  });

  it('knows when nothing is to be written', () => {
    const mode = (raw: Parameters<typeof toRunOptions>[0]): unknown => toRunOptions(raw, []);
    expect(mode({})).toMatchObject({ mode: 'default', failOn: new Set(['error']) });
    expect(mode({ patchDir: 'out' })).toMatchObject({ mode: 'preview' });
    expect(mode({ patchDir: 'out', write: true })).toMatchObject({ mode: 'write' });
    expect(mode({ check: true, dryRun: true })).toMatchObject({ mode: 'check', failOn: new Set(['changes', 'error']) });
  });
});

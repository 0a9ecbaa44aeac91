import { describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../src/dockerfile/parse.ts';
import { ecosystems } from '../../src/ecosystems/index.ts';
import { catalogue } from '../../src/images/catalogue.ts';
import type { ImageFacts } from '../../src/images/image.ts';
import { memoryProject } from '../../src/project/memory.ts';
import { judge } from '../../src/reading/base-swap.ts';
import { read, session } from '../../src/reading/reading.ts';

const text = 'FROM node:22\nWORKDIR /opt/gauge\nCOPY gauge.js ./\nCMD node gauge.js --sea $SEA\n';

/** The facts of an image with one more setting in its config. */
function withSetting(image: string, value: string | undefined): ImageFacts {
  const facts = catalogue().lookup(image);
  if (facts === undefined) throw new Error(`no facts for ${image}`);
  return { ...facts, config: { ...facts.config, env: { ...facts.config.env, SEA: value } } };
}

function verdict(value: string | undefined) {
  const file = parseDockerfile(text);
  if (file.kind === 'unreadable') throw new Error('unreadable');
  const project = memoryProject({
    Dockerfile: text,
    'gauge.js': '',
    'package.json': '{"name":"gauge","version":"1.0.0"}',
  });
  const base = withSetting('node:22', value);
  const images = {
    ...catalogue(),
    lookup: (image: string) => (image === 'node:22' ? base : catalogue().lookup(image)),
  };
  const reading = read(file, session(project, images, ecosystems));
  const facts = images.lookup('node:22-slim');
  if (facts === undefined) throw new Error('no slim image');
  return judge(reading, base, { image: 'node:22-slim', facts, because: 'smaller' }, undefined);
}

describe('a setting that the old base makes and the start uses', () => {
  it('is written out when its value is known', () => {
    expect(verdict('north')).toEqual({ fits: true, lines: [['ENV', 'SEA=north']], packages: [] });
  });

  it('is a reason to refuse when its value is not known', () => {
    expect(verdict(undefined)).toMatchObject({ fits: false, why: { code: 'base/setting-lost' } });
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Build {
  generated(): readonly (readonly [string, string])[];
}

describe('generated data', () => {
  it('is what the script makes of the collected facts, with source and date', async () => {
    const path = '../../scripts/build-image-data.mjs';
    const { generated } = (await import(path)) as Build;
    const files = generated();
    expect(files.length).toBeGreaterThan(25);
    for (const [name, text] of files) {
      expect(readFileSync(new URL(`../../src/images/data/${name}`, import.meta.url), 'utf8') === text, name).toBe(true);
      expect(JSON.parse(text)).toMatchObject({
        source: expect.any(String),
        date: expect.stringMatching(/^2026-\d\d-\d\d$/),
      });
    }
  });
});

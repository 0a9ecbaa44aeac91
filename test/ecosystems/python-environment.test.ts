import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

function moved(image: string, upgrade = ''): string | undefined {
  const text = `FROM ${image}\nWORKDIR /srv/gate\nCOPY requirements.txt ./\n${upgrade}RUN pip install -r requirements.txt\nCOPY main.py ./\nCMD ["python", "main.py"]\n`;
  const files = { Dockerfile: text, 'requirements.txt': 'flask\n', 'main.py': 'print(1)\n' };
  const { after } = migrate(text, memoryProject(files));
  return /COPY --from=build (\S+)/.exec(after)?.[1];
}

describe('packages of an image whose Python carries an old pip', () => {
  it.each(['python:3.6', 'python:3.7.12', 'python:3.8.9', 'python:3.7-stretch'])('stay in place in %s', (image) => {
    expect(moved(image)).toMatch(/site-packages$/);
  });

  it.each(['python:3.7.13', 'python:3.7', 'python:3.8.10', 'python:3.7-buster', 'python:3.13'])(
    'move to an environment in %s',
    (image) => {
      expect(moved(image)).toBe('/opt/venv');
    },
  );

  it('move to an environment where pip is brought up to date first', () => {
    expect(moved('python:3.7.12', 'RUN pip install --upgrade pip\n')).toBe('/opt/venv');
  });
});

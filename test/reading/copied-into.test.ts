import { expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

it.each([
  ['the working directory', 'WORKDIR /srv/kelp\nCOPY requirements.txt /srv/kelp\n'],
  ['a directory that is made', 'RUN mkdir -p /srv/kelp\nADD requirements.txt /srv/kelp\nWORKDIR /srv/kelp\n'],
  ['a directory of every image', 'COPY requirements.txt /srv\nWORKDIR /srv\n'],
])('a file that is copied to %s without a slash lies in it', (_, copied) => {
  const text = `FROM python:3.12-slim\n${copied}COPY kelp ./kelp\nRUN pip install -r requirements.txt\nCMD ["python", "-m", "kelp"]\n`;
  const project = memoryProject({ Dockerfile: text, 'requirements.txt': 'six\n', 'kelp/__main__.py': 'print(1)\n' });
  const { after } = migrate(text, project);
  expect(after.indexOf('pip install')).toBeLessThan(after.indexOf('COPY kelp'));
});

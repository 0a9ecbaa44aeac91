import { describe, expect, it } from 'vitest';
import { hostedVolumes } from '../../src/project/hosted.ts';
import { memoryProject } from '../../src/project/memory.ts';

function targets(files: Readonly<Record<string, string>>, dockerfile = 'Dockerfile'): readonly string[] {
  return hostedVolumes(memoryProject(files, { dockerfile })).map(({ file, target }) => `${file} ${target}`);
}

describe('volumes of hosts', () => {
  it.each([
    ['one table', '[mounts]\nsource = "ledger"\ndestination = "/data"\n', ['fly.toml /data']],
    [
      'a list',
      '[[mounts]]\ndestination = "/data/"\n[[mounts]]\ndestination = "/cache"\n',
      ['fly.toml /data', 'fly.toml /cache'],
    ],
    ['a table inline', 'mounts = { source = "ledger", destination = "/data" }\n', ['fly.toml /data']],
    ['another Dockerfile', '[build]\ndockerfile = "jobs.Dockerfile"\n[mounts]\ndestination = "/data"\n', []],
    ['this Dockerfile', '[build]\ndockerfile = "./Dockerfile"\n[mounts]\ndestination = "/data"\n', ['fly.toml /data']],
    ['none', 'app = "ledger"\n', []],
    ['malformed', '[mounts\ndestination = "/data"\n', []],
  ])('Fly.io: %s', (_, text, expected) => {
    expect(targets({ 'fly.toml': text })).toEqual(expected);
  });

  it('Render: the disks of the services that this Dockerfile makes', () => {
    const text = `services:
  - name: ledger
    type: web
    disk: { name: books, mountPath: /srv/books }
  - name: jobs
    dockerfilePath: ./jobs/jobs.Dockerfile
    disk:
      mountPath: /srv/jobs
`;
    expect(targets({ 'render.yaml': text })).toEqual(['render.yaml /srv/books']);
    expect(targets({ 'render.yaml': text }, 'jobs.Dockerfile')).toEqual([
      'render.yaml /srv/books',
      'render.yaml /srv/jobs',
    ]);
  });

  it('Railway: what a deployment requires', () => {
    expect(targets({ 'railway.toml': '[deploy]\nrequiredMountPath = "/data"\n' })).toEqual(['railway.toml /data']);
    expect(targets({ 'railway.json': '{"deploy": {"requiredMountPath": "/data"}}' })).toEqual(['railway.json /data']);
  });
});

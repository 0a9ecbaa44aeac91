/** What verification must catch: each of these migrations is wrong in one way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/verify/engine.ts';
import type { Proof, ProofSubject } from '../../src/verify/prove.ts';
import { byHand, discardByHand, server, single, split } from './by-hand.ts';
import { bisected, engineFor, noEngine, proofSettings, proved, standIns } from './harness.ts';

let engine: Engine;
const settings = proofSettings({ probes: ['/', '/page'] });

function codes(proof: Pick<Proof, 'findings'>, verdict: string): readonly string[] {
  return proof.findings.filter((finding) => finding.verdict === verdict).map(({ reason }) => reason.code);
}

const prove = (subject: ProofSubject): Promise<Proof> => proved(subject, engine, settings);
const one = (after: string, before = single): ProofSubject =>
  byHand(server, before, [{ name: 'split-stages', after, changes: ['FROM'] }]);

describe.skipIf(noEngine !== undefined).concurrent('verification on a real engine', () => {
  beforeAll(async () => {
    expect(await standIns([single, split('', 'node:20-slim')])).toEqual([]);
    engine = await engineFor('docker');
  });

  afterAll(discardByHand);

  it('finds nothing wrong with a right migration, and measures it', async () => {
    const health =
      'USER node\nHEALTHCHECK --interval=30s CMD ["node", "-e", "fetch(\'http://127.0.0.1:3000/\').then((r) => process.exit(r.ok ? 0 : 1))"]\n';
    const subject = byHand(server, single, [
      { name: 'split-stages', after: split('', 'node:20-slim'), changes: ['FROM'] },
      { name: 'drop-root', after: split(health, 'node:20-slim'), changes: ['USER', 'HEALTHCHECK'] },
    ]);
    const proof = await proved(subject, engine, { ...settings, rebuild: true, compress: true });
    expect([codes(proof, 'broken'), codes(proof, 'unknown')]).toEqual([[], []]);
    expect(codes(proof, 'ok')).toEqual([
      'verify/config-equal',
      'verify/start-same',
      'verify/probe-same',
      'verify/probe-same',
      'verify/health-ok',
      'verify/user-changed',
      'verify/stop-ok',
    ]);
    expect(proof.before?.run?.uids).toEqual([0]);
    expect(proof.after?.run?.uids).toEqual([1000]);
    expect(proof.after?.run?.stopped?.exitCode).toBe(0);
    expect(proof.after?.run?.answers.map(({ answer }) => answer.kind === 'answered' && answer.body)).toEqual([
      'hello from here',
      '<h1>page</h1>\n',
    ]);
    expect(proof.comparison?.lost.map(({ path }) => path)).toContain('/app/src/');
    expect((proof.after?.layers?.bytes ?? 0) < (proof.before?.layers?.bytes ?? 0)).toBe(true);
    expect((proof.after?.contents?.packages?.length ?? 0) < (proof.before?.contents?.packages?.length ?? 0)).toBe(true);
    expect((proof.after?.contents?.compressedBytes ?? 0) > 1e6).toBe(true);
    expect(proof.rebuild?.touched).toBe('build.js');
    expect(proof.rebuild?.before.steps.map(({ name, cached }) => [name.replace(/^.*\] /, ''), cached])).toEqual([
      ['WORKDIR /app', true],
      ['COPY . .', false],
      ['RUN npm run build', false],
    ]);
  });

  it('catches a container that no longer starts, and names the step', async () => {
    const subject = byHand(server, single, [
      { name: 'split-stages', after: split(''), changes: ['FROM'] },
      { name: 'slim-runtime', after: split('', 'node:20-slim'), changes: ['FROM'] },
      { name: 'hoist-manifests', after: split('', 'node:20-slim', ['views']), changes: [] },
      { name: 'drop-root', after: split('USER node\n', 'node:20-slim', ['views']), changes: ['USER'] },
    ]);
    const proof = await prove(subject);
    expect(codes(proof, 'broken')).toEqual(['verify/start-exited']);
    expect(proof.findings.find(({ verdict }) => verdict === 'broken')?.tail?.join('\n')).toContain(
      'Cannot find module',
    );
    const found = await bisected(subject, engine, settings);
    expect([found.step, codes(found, 'broken')]).toEqual(['hoist-manifests', ['verify/start-exited']]);
  });

  it('catches a step that breaks the build, and names it', async () => {
    const subject = byHand(server, single, [
      { name: 'split-stages', after: split(''), changes: ['FROM'] },
      { name: 'slim-runtime', after: split('RUN ls /nowhere\n'), changes: ['FROM'] },
    ]);
    const proof = await prove(subject);
    const finding = proof.findings.find(({ verdict }) => verdict === 'broken');
    expect(finding?.reason.code).toBe('verify/build-failed');
    expect(finding?.tail?.[0]).toContain('RUN ls /nowhere');
    expect(finding?.tail?.join('\n')).toContain('No such file or directory');
    expect((await bisected(subject, engine, settings)).step).toBe('slim-runtime');
  });

  it('catches a health check whose program is not in the image', async () => {
    const health = 'HEALTHCHECK --interval=30s CMD curl -fsS http://127.0.0.1:3000/ || exit 1\n';
    const subject = byHand(server, single, [
      {
        name: 'add-healthcheck',
        after: split(health, 'node:20-slim').replace(' || exit 1', ''),
        changes: ['FROM', 'HEALTHCHECK'],
      },
    ]);
    expect(codes(await prove(subject), 'broken')).toEqual(['verify/health-tool-missing']);
  });

  it('catches a health check that asks another address than the one that is listened on', async () => {
    const health = (host: string): string =>
      `HEALTHCHECK CMD ["node", "-e", "require('net').connect(3000, ${host}).on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]\n`;
    const files = {
      ...server,
      'src/server.js': (server['src/server.js'] ?? '').replace('(3000)', '(3000, process.env.HOSTNAME)'),
    };
    const asking = (host: string): ProofSubject =>
      byHand(files, single, [{ name: 'add-healthcheck', after: split(health(host)), changes: ['HEALTHCHECK'] }]);
    expect(codes(await prove(asking("'127.0.0.1'")), 'broken')).toEqual(['verify/health-unhealthy']);
    expect(codes(await prove(asking('process.env.HOSTNAME')), 'broken')).toEqual([]);
  });

  it('catches a health check that never succeeds', async () => {
    const health = 'HEALTHCHECK CMD ["node", "-e", "process.exit(1)"]\n';
    const subject = byHand(server, single, [
      { name: 'add-healthcheck', after: split(health), changes: ['FROM', 'HEALTHCHECK'] },
    ]);
    expect(codes(await prove(subject), 'broken')).toEqual(['verify/health-unhealthy']);
  });

  it('catches a lost file by the answer, and says who mentions it', async () => {
    const before = single.replace('RUN npm run build\n', 'RUN npm run build && cp -r src keep\n');
    const after = split('', 'node:20', ['dist', 'src']);
    const proof = await prove(one(after, before));
    expect(codes(proof, 'broken')).toEqual(['verify/probe-differs']);
    expect(proof.comparison?.lost[0]).toEqual({ path: '/app/views/', files: 1, mentionedBy: 'src/server.js' });
  });

  it('leaves out what each build of the original draws by lot, and nothing beside it', async () => {
    const drawn = 'RUN cat /proc/sys/kernel/random/uuid > views/page.html && echo page >> views/page.html\n';
    const before = single.replace('RUN npm run build\n', `RUN npm run build\n${drawn}`);
    const right = await prove(one(before.replace(drawn, drawn.replace('RUN', 'RUN true &&')), before));
    expect(codes(right, 'broken')).toEqual([]);
    expect(codes(right, 'note')).toContain('verify/probe-drawn');
    const wrong = await prove(one(before.replace(drawn, drawn.replace('echo page', 'echo leaf')), before));
    expect(codes(wrong, 'broken')).toEqual(['verify/probe-differs']);
  });

  it('catches a variable and a label that nobody declared to drop', async () => {
    const labelled = (text: string): string => text.replace('EXPOSE', 'LABEL team=web\nEXPOSE');
    const after = split('').replace('ENV PLACE=here\n', '');
    const proof = await prove(one(after, labelled(single)));
    expect(proof.findings.filter(({ verdict }) => verdict === 'broken').map(({ reason }) => reason.text)).toEqual([
      'ENV PLACE differs although no step said so: here before, none after',
      'LABEL team differs although no step said so: web before, none after',
      'GET /: the body differs: "hello from here" before, "hello from undefined" after',
    ]);
  });

  it('catches a lost SIGTERM and a moved port', async () => {
    const shell = split('').replace('CMD ["node", "dist/server.js"]', 'CMD node dist/server.js; true');
    const stop = await proved(byHand(server, single, [{ name: 'x', after: shell, changes: ['FROM', 'CMD'] }]), engine, {
      ...settings,
      run: settings.run === undefined ? undefined : { ...settings.run, stopSeconds: 1 },
    });
    expect(codes(stop, 'broken')).toEqual(['verify/stop-lost']);
    const moved = await proved(one(split('RUN sed -i s/3000/3001/ dist/server.js\n')), engine, {
      ...settings,
      run: settings.run === undefined ? undefined : { ...settings.run, startLimitMs: 8_000, stopSeconds: 1 },
    });
    // which of the two depends on whether it listens elsewhere before the time limit
    expect(['verify/start-silent', 'verify/start-other-port']).toContain(codes(moved, 'broken')[0]);
  });

  it('blames nobody when the original does not build or start', async () => {
    const unbuildable = await prove(one(split(''), single.replace('npm run build', 'npm run nothing')));
    expect([codes(unbuildable, 'broken'), codes(unbuildable, 'unknown')]).toEqual([[], ['verify/before-fails']]);
    const dead = single.replace('dist/server.js', 'dist/none.js');
    const both = await prove(one(split('').replace('dist/server.js', 'dist/none.js'), dead));
    expect([codes(both, 'broken'), codes(both, 'unknown')]).toEqual([[], ['verify/start-both-fail']]);
  });
});

import { describe, expect, it } from 'vitest';
import { migrate, transforms } from '../../src/index.ts';
import type { Step } from '../../src/migration.ts';
import { memoryProject } from '../../src/project/memory.ts';

const manifests = {
  'package.json': '{"name":"quay","version":"1.0.0","scripts":{"build":"node make.js","start":"node out/main.js"}}',
  'package-lock.json':
    '{"name":"quay","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"quay","version":"1.0.0"}}}',
  'make.js': '',
  'src/main.js': '',
};
const token = '9f8e7d6c5b4a39281706';

interface Case {
  readonly lines: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly start?: string;
}

function split({ lines, files = {}, start = 'CMD ["node", "out/main.js"]' }: Case): Step | undefined {
  const source = [
    'FROM node:20-bookworm',
    ...lines,
    'WORKDIR /srv/quay',
    'COPY . .',
    'RUN npm ci && npm run build',
    start,
    '',
  ].join('\n');
  const project = memoryProject({ ...manifests, ...files, Dockerfile: source }, { dockerfile: 'Dockerfile' });
  const selected = transforms.filter(({ name }) => name === 'split-stages');
  return migrate(source, project, { path: 'Dockerfile', transforms: selected }).steps[0];
}

/** Codes of what is said about credentials, and the runtime stage. */
function said(one: Case): { readonly codes: readonly string[]; readonly runtime: string } {
  const step = split(one);
  const { outcome } = step ?? {};
  const notes = outcome?.kind === 'change' ? (outcome.notes ?? []) : outcome?.kind === 'refuse' ? [outcome.reason] : [];
  const codes = notes.map(({ code }) => code).filter((code) => code.startsWith('credentials/'));
  const text = [...(outcome?.kind === 'change' ? notes : [])].map((note) => note.text + (note.settle ?? '')).join();
  expect(text).not.toContain(token);
  return { codes, runtime: outcome?.kind === 'change' ? (step?.after.split(' AS runtime')[1] ?? '') : '' };
}

describe('credentials that only the build reads', () => {
  it.each<readonly [string, Case]>([
    [
      'a token that npm gets',
      { lines: ['ARG NPM_TOKEN', 'RUN echo "//r.example/:_authToken=$NPM_TOKEN" > /root/.npmrc'] },
    ],
    [
      'the same by printf into $HOME',
      { lines: ['ARG NPM_TOKEN', 'RUN printf "_auth=%s" "$NPM_TOKEN" >> "$HOME/.npmrc"'] },
    ],
    [
      'a file of the project',
      { lines: ['COPY .npmrc /root/.npmrc'], files: { '.npmrc': `_authToken=${token}\n`, '.dockerignore': '' } },
    ],
    ['a file that is not checked in', { lines: ['COPY .npmrc /root/'] }],
    [
      'what pip logs in with',
      {
        lines: ['COPY pip.conf /etc/pip.conf'],
        files: { 'pip.conf': `index-url = https://ci:${token}@pip.example/simple\n` },
      },
    ],
    [
      'a server of Maven',
      {
        lines: ['COPY settings.xml /root/.m2/settings.xml'],
        files: { 'settings.xml': `<password>${token}</password>` },
      },
    ],
    [
      'an address that Git replaces',
      {
        lines: [
          'ARG GITHUB_TOKEN',
          'RUN git config --global url."https://${GITHUB_TOKEN}@github.com/".insteadOf "https://github.com/"',
        ],
      },
    ],
  ])('stay there: %s', (_name, one) => {
    const { codes, runtime } = said(one);
    expect(codes).toContain('credentials/left-behind');
    expect(runtime).not.toMatch(/npmrc|pip\.conf|settings\.xml|gitconfig|TOKEN/);
    expect(runtime).toContain('COPY --from=build /srv/quay /srv/quay');
  });

  it('go with a program that reads them', () => {
    const lines = [
      'ARG GITHUB_TOKEN',
      'RUN git config --global url."https://$GITHUB_TOKEN@r.example/".insteadOf "https://r.example/"',
    ];
    const { codes, runtime } = said({ lines, start: 'HEALTHCHECK CMD git --version\nCMD ["node", "out/main.js"]' });
    expect(runtime).toContain('git config');
    expect(codes).toEqual(['credentials/repeated']);
  });

  it('are not in the way when npm only starts a script', () => {
    const lines = ['ARG NPM_TOKEN', 'RUN echo "//r.example/:_authToken=$NPM_TOKEN" > /root/.npmrc'];
    expect(said({ lines, start: 'CMD ["npm", "start"]' }).runtime).not.toContain('.npmrc');
  });

  it('take the commands along that only handle them', () => {
    const lines = [
      'ARG NPM_TOKEN',
      'RUN echo "//r.example/:_authToken=$NPM_TOKEN" > ~/.npmrc && chmod 600 ~/.npmrc',
      'RUN chown root:root /root/.npmrc',
    ];
    expect(said({ lines }).runtime).not.toContain('.npmrc');
  });

  it('are a file of settings when there is no secret in it', () => {
    const { codes, runtime } = said({ lines: ['RUN echo "registry=https://r.example/" > /root/.npmrc'] });
    expect(codes).toEqual([]);
    expect(runtime).toContain('/root/.npmrc');
  });
});

describe('keys', () => {
  it.each<readonly [string, Case]>([
    ['written by a command', { lines: ['ARG KEY', 'RUN mkdir -p /root/.ssh && echo "$KEY" > /root/.ssh/id_rsa'] }],
    ['copied', { lines: ['COPY deploy/id_ed25519 /root/.ssh/id_ed25519'], files: { 'deploy/id_ed25519': 'x' } }],
    ['copied into a directory', { lines: ['COPY id_rsa /root/.ssh/'], files: { id_rsa: 'x' } }],
    ['a .netrc', { lines: ['ARG T', 'RUN echo "machine r.example password $T" > ~/.netrc'] }],
  ])('are not copied into a second stage: %s', (_name, one) => {
    expect(said(one)).toEqual({ codes: ['credentials/key-repeated'], runtime: '' });
  });

  it('stay in the build when they are removed again', () => {
    const lines = [
      'COPY id_rsa /root/.ssh/id_rsa',
      'RUN git ls-remote git@r.example:quay.git',
      'RUN rm -rf /root/.ssh',
    ];
    const { runtime } = said({ lines: lines.filter((line) => !line.includes('ls-remote')), files: { id_rsa: 'x' } });
    expect(runtime).not.toBe('');
    expect(runtime).not.toContain('id_rsa');
  });

  it('are no public keys', () => {
    expect(said({ lines: ['COPY id_rsa.pub /root/.ssh/id_rsa.pub'], files: { 'id_rsa.pub': 'x' } }).codes).toEqual([]);
  });
});

describe('what reaches the runtime stage as before', () => {
  it.each<readonly [string, string, Case]>([
    ['a .env with a value', 'copied-along', { lines: [], files: { '.env': `SESSION_SECRET=${token}\n` } }],
    [
      'a private key beside the program',
      'copied-along',
      { lines: [], files: { 'certs/tls.key': '-----BEGIN PRIVATE KEY-----\n' } },
    ],
    [
      'an installer setting in the working directory',
      'copied-along',
      { lines: [], files: { '.npmrc': `//r.example/:_authToken=${token}\n` } },
    ],
    ['a variable', 'in-environment', { lines: [`ENV DB_PASSWORD=${token}`] }],
    ['a variable from an argument', 'in-environment', { lines: ['ARG T_TOKEN', 'ENV T_TOKEN $T_TOKEN'] }],
    ['an address with a password', 'in-environment', { lines: [`ENV DATABASE_URL=postgres://quay:${token}@db/quay`] }],
    ['a file of the system', 'repeated', { lines: ['ARG API_TOKEN', 'RUN echo "key $API_TOKEN" > /etc/quay.conf'] }],
  ])('is named: %s', (_name, code, one) => {
    expect(said(one).codes).toEqual([`credentials/${code}`]);
  });

  it.each<readonly [string, Case]>([
    ['an example', { lines: [], files: { '.env.example': `SESSION_SECRET=${token}\n` } }],
    ['a placeholder', { lines: [], files: { '.env': 'SESSION_SECRET=changeme\nDB_PASSWORD=\n' } }],
    ['a key of the tests', { lines: [], files: { 'test/fixtures/tls.key': '-----BEGIN PRIVATE KEY-----\n' } }],
    [
      'what the ignore file keeps out',
      { lines: [], files: { '.env': `SESSION_SECRET=${token}\n`, '.dockerignore': '.env\n' } },
    ],
    ['a token from a variable', { lines: [], files: { '.npmrc': '//r.example/:_authToken=${NPM_TOKEN}\n' } }],
    [
      'names that hold no secret',
      {
        lines: [
          'ENV TOKENIZERS_PARALLELISM=false',
          'ENV GPG_KEY=E3FF2839C048B25C',
          'ENV DB_PASSWORD_FILE=/run/secrets/db',
          'ENV AUTH=true',
        ],
      },
    ],
  ])('is nothing to talk about: %s', (_name, one) => {
    const { codes, runtime } = said(one);
    expect(codes).toEqual([]);
    expect(runtime).not.toBe('');
  });
});

import type { Answer } from '../src/answer.ts';
import { keywordLike } from '../src/dockerfile/edit.ts';
import { insertAbove, insertBehind } from '../src/dockerfile/rewrite.ts';
import type { Ecosystem, Listener } from '../src/ecosystems/ecosystem.ts';
import type { ComposeService } from '../src/project/project.ts';
import { mountsOver } from '../src/reading/compose-start.ts';
import { probeFor } from '../src/reading/probe.ts';
import { type OtherStart, otherStarts, type Reading, startedBy } from '../src/reading/reading.ts';
import { defineTransform, done, refuse } from '../src/transform.ts';

/**
 * Rewrites: an image with a proved listener => the same with a HEALTHCHECK that asks it.
 * Safe because: the port is the one the program opens, the probe's program is in that image, and an HTTP path is asked only
 * when the project declares it; otherwise a connection that is accepted is enough.
 * Refuses when: no listener or port is proved, no program in the image can probe it, or compose starts another program of it.
 * Leaves alone: images with a HEALTHCHECK, services whose compose file has one, programs that do not listen.
 */
export const addHealthcheck = defineTransform({
  name: 'add-healthcheck',
  summary: 'ask the running program whether it still answers',
  tags: ['story', 'runtime'],
  default: true,
  changes: ['HEALTHCHECK'],
  reasons: {
    off: 'healthchecks are off as wished',
    'already-checked': 'there is a HEALTHCHECK already',
    'compose-checks': 'the service {service} in {file} has a healthcheck',
    'compose-starts-another': {
      says: 'the service {service} in {file} starts another program of this image, which is not seen to listen on port {port}',
      settle: 'give that service a healthcheck of its own, or pass --healthcheck cmd:<command>',
    },
    'program-unknown': {
      says: 'no ecosystem says where the program listens',
      settle: 'pass --healthcheck http:<path> or cmd:<command>',
    },
    'only-exposed': {
      says: 'EXPOSE names {ports}, but nothing else shows that the program listens there',
      settle: 'pass --healthcheck http:<path> or cmd:<command>',
    },
    'no-probe-tool': {
      says: '{image} has no program known here that could probe port {port}',
      settle: 'pass --runtime alpine for a base that can, or --healthcheck cmd:<command> with a program of the image',
    },
    'base-unknown': {
      says: 'nothing is known about the base image {image}, so not which program could probe',
      settle: 'pass --healthcheck cmd:<command>',
    },
    http: 'GET {path} on port {port} answers when the program is well',
    tcp: 'the program listens on port {port}; no health route is declared, so an accepted connection counts',
    'tcp-doubtful':
      'the program listens on port {port}; it is not known whether {path} answers there without credentials, so an accepted connection counts',
    'tcp-only':
      'the program listens on port {port}; {image} has no HTTP client that could ask {path}, so an accepted connection counts',
    wished: 'the probe is the one named on the command line',
  },
  run(reading, explain, wishes) {
    if (wishes.healthcheck === 'off') return done(explain('off'));
    if (reading.chain.some(({ instruction }) => instruction.keyword === 'HEALTHCHECK'))
      return done(explain('already-checked'));
    const service = reading.project.services().find((one) => one.healthcheck);
    if (service !== undefined) return done(explain('compose-checks', { service: service.name, file: service.file }));
    if (typeof wishes.healthcheck === 'object' && 'command' in wishes.healthcheck) {
      return {
        kind: 'change',
        edits: [healthcheck(reading, wishes.healthcheck.command, 10)],
        because: [explain('wished')],
      };
    }
    if (reading.ecosystem === undefined) return refuse(explain('program-unknown'));
    const answer = listenerOf(reading, reading.ecosystem);
    if (!answer.known) {
      const ports = answer.why.code.endsWith('/no-listener') ? reading.contract.expose : [];
      return refuse(
        ports.length === 0
          ? answer.why
          : explain('only-exposed', { ports: ports.map((port) => port.replace('/tcp', '')).join(', ') }),
      );
    }
    const another = startsAnother(reading, answer.value.port);
    if (another !== undefined)
      return refuse(
        explain('compose-starts-another', { service: another.name, file: another.file, port: answer.value.port }),
      );
    if (reading.base === undefined) return refuse(explain('base-unknown', { image: reading.contract.from }));
    const listener =
      typeof wishes.healthcheck === 'object' ? { ...answer.value, route: wishes.healthcheck.http } : answer.value;
    const probe = probeFor(reading.base, listener);
    if (probe === undefined)
      return refuse(explain('no-probe-tool', { image: reading.contract.from, port: listener.port }));
    const ground = { evidence: answer.evidence };
    const port = listener.setOutside === true ? `$${listener.portVariable}` : listener.port;
    const because =
      probe.path === undefined
        ? listener.route === undefined
          ? listener.doubtful === undefined
            ? explain('tcp', { port }, ground)
            : explain('tcp-doubtful', { port, path: listener.doubtful }, ground)
          : explain('tcp-only', { port, image: reading.contract.from, path: listener.route }, ground)
        : explain('http', { path: probe.path, port }, ground);
    return { kind: 'change', edits: [healthcheck(reading, probe.command, listener.startPeriod)], because: [because] };
  },
});

/** Where the program listens; of several that compose starts in one image, the first that does. */
function listenerOf(reading: Reading, ecosystem: Ecosystem): Answer<Listener> {
  const answers = startedAlone(reading).map(({ reading: own }) => own.ecosystem?.listener(own));
  return answers.find((answer) => answer?.known === true) ?? ecosystem.listener(reading);
}

/** Each of the services that alone say what is started, by itself. */
function startedAlone(reading: Reading): readonly OtherStart[] {
  return reading.start.services.map((service) => ({ service, reading: startedBy(reading, service) }));
}

/** A service that would be asked too, and that the probe would call ill. Those for development on mounted sources do not count. */
function startsAnother(reading: Reading, port: number): ComposeService | undefined {
  const workdir = reading.chain.at(-1)?.workdir;
  return [...startedAlone(reading), ...otherStarts(reading)].find(({ service, reading: own }) => {
    if (mountsOver(service, workdir)) return false;
    const answer = own.ecosystem?.listener(own);
    return answer?.known !== true || answer.value.port !== port;
  })?.service;
}

function healthcheck(reading: Reading, command: string, startPeriod: number) {
  const { file, stage } = reading;
  const cmd = keywordLike(file, 'CMD');
  const text = `${keywordLike(file, 'HEALTHCHECK')} --interval=30s --timeout=5s --start-period=${startPeriod}s --retries=3 ${file.escape}${file.eol}  ${cmd} ${command}`;
  const start = stage.instructions.find((one) => one.keyword === 'CMD' || one.keyword === 'ENTRYPOINT');
  if (start !== undefined) return insertAbove(file, start, [text]);
  return insertBehind(file, stage.instructions.at(-1) ?? stage.from, [text]);
}

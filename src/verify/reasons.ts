/** What verification says: each finding is one declared sentence. */
import { defineReasons } from '../reason.ts';

const sentences = {
  'engine-missing': { says: '{engine} is not installed', settle: 'install docker, podman, nerdctl or buildah' },
  'engine-down': {
    says: '{engine} is installed, but its service does not answer',
    settle: 'start the service, or set DOCKER_HOST',
  },
  'engine-permission': {
    says: 'this user may not use the socket of {engine}',
    settle: 'join the group that owns the socket, or use a rootless engine',
  },
  'engine-silent': { says: '{engine} did not answer in time', settle: 'look at the state of its service' },
  'engine-failed': { says: '{engine} does not work: {said}', settle: 'make "{engine} info" work first' },
  'no-engine': { says: 'no container engine answers: {tried}', settle: 'start one, or leave --build away' },
  'no-runs': { says: '{engine} only builds: nothing was started', settle: 'use docker, podman or nerdctl' },
  'no-reach': {
    says: 'containers of {engine} have no network that this process can reach: nothing was asked',
    settle: 'give the engine a bridge network, or run as root on Linux',
  },
  'no-space': {
    says: 'the build context cannot be copied: {cause}',
    settle: 'free space in the temporary folder (TMPDIR)',
  },
  interrupted: 'it was interrupted',
  leftover: { says: '{what} could not be removed', settle: 'remove it by hand' },

  'build-failed': 'the build fails',
  'build-no-image': {
    says: '{image} cannot be pulled: the registry does not have it',
    settle: 'check the name and the login',
  },
  'build-no-network': { says: 'the build cannot reach the network', settle: 'try again with a network' },
  'build-no-space': { says: 'the disk is full', settle: 'free space where {engine} keeps its images' },
  'build-no-engine': { says: '{engine} stopped answering', settle: 'look at its log' },
  'build-no-permission': { says: 'this user may not use {engine}', settle: 'join the group that owns its socket' },
  'build-needs-buildkit': {
    says: 'the file uses what only BuildKit can do, and this engine has another builder',
    settle: 'install the buildx plugin, or use --engine podman',
  },
  'build-time-limit': { says: 'the build took longer than {seconds} s', settle: 'give it more with --timeout' },
  'before-fails': {
    says: 'the original file does not build here, so there is nothing to compare with: {cause}',
    settle: 'make the original build first (--build-arg, --secret, --network)',
  },
  'no-inspection': { says: '{engine} does not describe the image it built', settle: 'look at its log' },

  'config-undeclared': '{field} differs although no step said so: {before} before, {after} after',
  'config-declared': '{field} differs as declared: {before} before, {after} after',
  'config-base': '{field} came with the old base image: {before} before, {after} after',
  'config-equal': 'the image config is equal in every field that no step declared',
  'files-lost': '{count} files of {workdir} are not in the new image: {list}',
  'files-mentioned': {
    says: '{path} is not in the new image, and {source} mentions it',
    settle: 'check that the program does not open it',
  },
  'size-grew': 'the image grew from {before} to {after}',

  'start-same': 'both start: {how}',
  'start-failed': 'the new image cannot be started: {cause}',
  'start-exited': 'the new container ends with {code}, the old one runs',
  'start-silent': 'the new container does not listen on {port} within {seconds} s',
  'start-other-port': 'the new container listens on {after}, the old one on {before}',
  'start-ends': 'both containers end with {code}',
  'start-other-end': 'the new container ends with {after}, the old one with {before}',
  'start-both-fail': {
    says: 'the original does not start here either ({how}), so nothing more can be compared',
    settle: 'give what it needs with --env or --compose',
  },
  'start-same-log': 'the last lines of both logs are the same',
  'start-improved': {
    says: 'the new container runs, the original does not start here ({how}), so there is nothing to compare with',
    settle: 'give what it needs with --env or --compose',
  },
  'probe-same': '{probe} answers the same: status {status}',
  'probe-silent': 'neither container answers {probe}: {cause}',
  'probe-differs': '{probe}: {difference}',
  'probe-unsteady': '{probe} answers differently each time; only what is steady was compared',
  'probe-drawn': '{probe} answers differently after each build of the original; only what is steady was compared',
  'health-ok': 'the health check reports healthy',
  'health-unhealthy': 'the health check fails: {output}',
  'health-tool-missing': 'the program of the health check is not in the image: {output}',
  'health-both': 'the health check fails in both images',
  'user-root': 'the image says USER {user}, but a process runs as root',
  'user-same': 'processes run as {uids}',
  'user-changed': 'processes run as {after}, before as {before}',
  'stop-lost': 'the new container has to be killed after {seconds} s; the old one stops on SIGTERM',
  'stop-ok': 'stops on SIGTERM in {seconds} s with {code}',
  'stop-gained': 'stops on SIGTERM in {seconds} s; the old container had to be killed',
  'stop-neither': 'neither container stops on SIGTERM',

  'static-ok': 'the result parses, passes every check of the pipeline, and a second run changes nothing',
  'static-rejected': 'a step was dropped by a check: {step} ({why})',
  'static-unsettled': 'a second run would change the result again: {step}',
  'static-linter': '{linter} reports on the result what it does not on the original: {finding}',
  'static-no-linter': '{linter} is not installed',
  'nothing-changed': 'nothing changes, so there is nothing to prove',
  'bisect-step': '{step} is the first step that breaks it',
  'bisect-none': 'no single step breaks it',
  'bisect-without': 'without {step} the result is proved',
  'bisect-without-broken': 'the result without {step} is broken too',
  'rebuild-slower': 'after a source change the new file takes {after} s to build, the old one {before} s',
  'rebuild-faster': 'after a source change the new file takes {after} s to build, the old one {before} s',
  'rebuild-nothing': { says: 'no source file was found to touch', settle: 'name one with --touch' },
  'compose-failed': {
    says: 'the services {service} depends on do not start: {cause}',
    settle: 'start them by hand and use --env',
  },
  'compose-no-service': { says: 'the compose file {file} has no service {service}', settle: 'check the name' },
} as const;

const declared = defineReasons('verify', sentences);

/** Reasons of owner `verify`. */
export const verifyReasons = declared.table;
/** States one of them. */
export const verifyReason = declared.explain;

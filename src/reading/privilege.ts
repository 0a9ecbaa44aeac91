/** Does anything that starts need root, or root's home? */
import type { Evidence } from '../answer.ts';
import type { Reading } from './reading.ts';

export type PrivilegedUse =
  | { readonly kind: 'drops-itself'; readonly what: string }
  | { readonly kind: 'needs-root'; readonly what: string; readonly evidence: Evidence }
  | { readonly kind: 'home'; readonly where: string; readonly what: string; readonly evidence: Evidence };

const drops = new Set([
  'nginx',
  'gosu',
  'su-exec',
  'httpd',
  'apache2',
  'apache2-foreground',
  'php-fpm',
  'haproxy',
  'setpriv',
  'chpst',
]);
const privileged = new Set([
  'chown',
  'chgrp',
  'useradd',
  'adduser',
  'groupadd',
  'addgroup',
  'usermod',
  'apt-get',
  'apt',
  'apk',
  'yum',
  'dnf',
  'service',
  'systemctl',
  'cron',
  'crond',
  'sshd',
  'iptables',
  'mount',
  'umount',
  'sysctl',
  'ldconfig',
  'update-ca-certificates',
  'dockerd',
  'rsyslogd',
  'ip',
  'modprobe',
  'sudo',
  'su',
  'setcap',
  'openvpn',
]);

/** The first use found in what starts, or in the settings of the final stage. */
export function privilegedUse(reading: Reading): PrivilegedUse | undefined {
  for (const command of reading.start.commands) {
    const program = command.argv[0]?.split('/').at(-1) ?? '';
    if (drops.has(program)) return { kind: 'drops-itself', what: program };
    if (privileged.has(program))
      return { kind: 'needs-root', what: `\`${command.argv.join(' ')}\``, evidence: command.evidence };
    const home = command.argv.find((word) => /(^|[=:\s])(\/root(\/|$)|~\/)/.test(word));
    if (home !== undefined)
      return {
        kind: 'home',
        where: `${command.evidence.file}${command.evidence.line === undefined ? '' : `:${command.evidence.line}`}`,
        what: home,
        evidence: command.evidence,
      };
  }
  return homeInStage(reading);
}

function homeInStage(reading: Reading): PrivilegedUse | undefined {
  for (const { instruction, stage } of reading.positions) {
    if (stage !== reading.stage || instruction.keyword === 'FROM') continue;
    const text = instruction.body.text;
    const path = /(^|[\s"'=:])((\/root|~)(\/[\w./-]*)?)(?=$|[\s"':;,&|])/.exec(text)?.[2];
    if (path === undefined || isCleanUp(text)) continue;
    return {
      kind: 'home',
      where: `${instruction.keyword} in line ${instruction.firstLine}`,
      what: path,
      evidence: { file: 'Dockerfile', line: instruction.firstLine, says: text },
    };
  }
  return undefined;
}

function isCleanUp(text: string): boolean {
  return /rm -r?f?r? [^&;]*(\/root|~)\//.test(text);
}

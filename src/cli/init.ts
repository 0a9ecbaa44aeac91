/** `dfmigrate init`: a configuration to start from, and the snippet for a CI on standard output. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { configName } from '../config/tree.ts';
import { causeOf, cliReason, errnoOf, type Fault } from '../fault.ts';

export { faultText } from '../report/fault-text.ts';

export const ciNames = ['github', 'gitlab', 'pre-commit'] as const;
export type CiName = (typeof ciNames)[number];

const schemaPath = './node_modules/dfmigrate/schema/config.json';

const template = `{
  "$schema": "${schemaPath}",
  // Comments are allowed. All keys: docs/config.md

  // Transforms to leave out: ids, "tag:security", patterns ("add-*").
  "skip": [],

  // Dockerfiles to leave alone, relative to this file.
  "exclude": []
}
`;

/** Writes `.dfmigrate.json` unless there is one already; what was written, or why not. */
export function writeConfig(cwd: string): string | Fault {
  try {
    writeFileSync(path.join(cwd, configName), template, { flag: 'wx' });
    return configName;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      return { reason: cliReason('config-there', { path: configName }), exit: 4, path: configName };
    }
    const reason = cliReason('write-failed', { path: configName, cause: causeOf(error) });
    return { reason, exit: 3, path: configName };
  }
}

/** What a pipeline needs to check Dockerfiles, pinned to a version. */
export function ciSnippet(name: CiName, version: string): string {
  if (name === 'github') {
    return `# .github/workflows/dfmigrate.yml
name: dfmigrate
on: pull_request
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npx --yes dfmigrate@${version} --check --format github --report markdown="$GITHUB_STEP_SUMMARY"
`;
  }
  if (name === 'gitlab') {
    return `# .gitlab-ci.yml
dfmigrate:
  image: node:22
  script:
    - npx --yes dfmigrate@${version} --check --report html=dfmigrate.html
  artifacts:
    when: always
    paths: [dfmigrate.html]
`;
  }
  return `# .pre-commit-config.yaml
repos:
  - repo: local
    hooks:
      - id: dfmigrate-check
        name: dfmigrate --check
        entry: npx --yes dfmigrate@${version} --check
        language: system
        types: [dockerfile]
        require_serial: true
`;
}

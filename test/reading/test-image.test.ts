import { expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

const files = {
  'package.json': '{"scripts":{"test":"eslint . && jest --ci","check":"jest && node server.js","build":"tsc"}}',
  'server.js': 'require("http").createServer().listen(3000)',
  'pom.xml': '<project><artifactId>a</artifactId></project>',
  'build.gradle': '',
  'go.mod': 'module a',
  'main.go': 'package main',
  'Cargo.toml': '[package]\nname = "a"',
  'requirements.txt': 'pytest',
};

function left(image: string, start: string): string | undefined {
  const source = `FROM ${image}\nWORKDIR /w\nCOPY . .\nCMD ${start}\n`;
  return migrate(source, memoryProject(files)).leftAlone?.code;
}

it.each([
  ['node:22', '["npm", "test"]'],
  ['node:22', 'npx playwright test'],
  ['node:22', '["node", "--test"]'],
  ['python:3.13', 'python -m pytest -s tests'],
  ['python:3.13', '["python", "-m", "unittest", "discover"]'],
  ['golang:1.26', '["go", "test", "./..."]'],
  ['maven:3.9-eclipse-temurin-21', '["mvn", "clean", "test"]'],
  ['gradle:8-jdk21', '["gradle", "test"]'],
  ['rust:1.85', 'cargo test'],
])('%s with %s is a test image', (image, start) => {
  expect(left(image, start)).toBe('image/tests');
});

it.each([
  ['node:22', '["npm", "run", "check"]', undefined],
  ['maven:3.9-eclipse-temurin-21', '["mvn", "test", "spring-boot:run"]', 'image/builds-at-start'],
  ['golang:1.26', '["go", "run", "."]', 'image/builds-at-start'],
])('%s with %s is not', (image, start, code) => {
  expect(left(image, start)).toBe(code);
});

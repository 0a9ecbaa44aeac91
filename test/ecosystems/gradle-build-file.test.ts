import { describe, expect, it } from 'vitest';
import {
  declaredIn,
  includedProjects,
  projectPaths,
  readBuildFile,
  readCatalog,
  readSettings,
  usedProjects,
} from '../../src/ecosystems/gradle/build-file.ts';
import { memoryProject } from '../../src/project/memory.ts';

function buildFile(text: string) {
  const read = readBuildFile(memoryProject({ 'build.gradle': text }), '');
  if (read === undefined) throw new Error('not read');
  return read;
}

describe('build files', () => {
  it('lose their comments and keep their strings', () => {
    const { text } = buildFile('a /* b\n c */ d // e\nurl "https://x/*" // f\ng "y" /* h');
    expect(text.split('\n').map((line) => line.trimEnd())).toEqual(['a', '      d', 'url "https://x/*"', 'g "y"']);
  });

  it.each([
    ["implementation 'io.javalin:javalin:6.3.0'", ['javalin']],
    ['implementation("org.springframework.boot:spring-boot-starter-web")', ['spring-boot-starter-web']],
    ["compile group: 'org.x', name: 'y', version: '1'", ['y']],
    ['implementation(platform("io.quarkus.platform:quarkus-bom:3.2"))', ['quarkus-bom']],
    ['runtimeOnly(libs.web.core)', ['web-core']],
    ['implementation(libs.bundles.all)', ['web-core', 'log-api']],
    [
      "implementation(\n  'shop:basket:1',\n  'shop:till:2',\n)\nruntimeOnly (\n\t'shop:drawer:3'\n)",
      ['basket', 'till', 'drawer'],
    ],
    [
      "api 'shop:basket:1',\n    'shop:till:2'\ntestImplementation 'shop:probe:1',\n    'shop:lamp:1'",
      ['basket', 'till'],
    ],
    ["testImplementation 'org.junit:junit:4'", []],
    ["compileOnly 'org.projectlombok:lombok'", []],
  ])('%s', (line, names) => {
    const toml =
      '[libraries]\nweb-core = { module = "shop:web-core", version = "1" }\nlog = "shop:log-api:2"\n[bundles]\nall = ["web-core", "log"]\n';
    const catalog = readCatalog(memoryProject({ 'gradle/libs.versions.toml': toml }), '');
    expect(declaredIn(buildFile(line), catalog).map(({ name }) => name)).toEqual(names);
  });

  it('name the projects they include', () => {
    const text =
      "include 'core', ':apps:api'\ninclude(\"web\")\nproject(':web').projectDir = new File(settingsDir, 'ui/web')\n";
    expect(includedProjects(readSettings(memoryProject({ 'settings.gradle': text }), ''))).toEqual([
      'core',
      'apps/api',
      'web',
      'ui/web',
    ]);
  });

  it.each([
    ["include 'core', ':apps:api'\nrootProject.name = 'x'", [':core', ':apps:api']],
    ["rootProject.name = 'x'", []],
    ['listOf("a", "b").forEach { include(":$it") }', undefined],
    ["include 'web'\nproject(':web').projectDir = new File(settingsDir, 'ui/web')", undefined],
    ["include 'web'\nincludeBuild 'tools'", undefined],
    ["include 'web'\nrootProject.children.each { it.buildFileName = 'x.gradle' }", undefined],
  ])('%s', (text, paths) => {
    const settings = readSettings(memoryProject({ 'settings.gradle': text }), '');
    expect(settings === undefined ? 'not read' : projectPaths(settings)).toEqual(paths);
  });

  it('name the projects they use', () => {
    expect(usedProjects(buildFile("implementation project(':core')\napi(projects.apps.restApi)"), '')).toEqual([
      'core',
      'apps/rest-api',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { placeholder, settingsOf } from '../../src/ecosystems/jvm/settings.ts';
import { memoryProject } from '../../src/project/memory.ts';

const settings = (files: Record<string, string>) =>
  settingsOf(memoryProject(files), '').map(({ key, value, profile, evidence }) => [key, value, profile, evidence.line]);

describe('settings', () => {
  it('are read from properties, relaxed and with their profile', () => {
    expect(
      settings({
        'src/main/resources/application.properties':
          '# port\nserver.port = 8090\nserver.servlet.contextPath=/a\n%prod.quarkus.http.port=80\n',
      }),
    ).toEqual([
      ['server.port', '8090', undefined, 2],
      ['server.servlet.context-path', '/a', undefined, 3],
      ['quarkus.http.port', '80', 'prod', 4],
    ]);
  });

  it('are read from YAML documents, lists included', () => {
    const text =
      'server:\n  port: 8090 # here\nmanagement:\n  endpoints.web.exposure.include:\n    - health\n---\nspring:\n  config.activate.on-profile: prod\nserver.port: 80\n';
    expect(settings({ 'src/main/resources/application.yml': text })).toEqual([
      ['server.port', '8090', undefined, 2],
      ['management.endpoints.web.exposure.include', 'health', undefined, 5],
      ['spring.config.activate.on-profile', 'prod', 'prod', 8],
      ['server.port', '80', 'prod', 9],
    ]);
  });

  it('of developers and tests are left out', () => {
    expect(
      settings({
        'src/main/resources/application-dev.yml': 'server.port: 1\n',
        'src/test/resources/application.yml': 'server.port: 2\n',
      }),
    ).toEqual([]);
  });

  it.each([
    ['8080', { value: '8080', variable: undefined }],
    ['${PORT:8090}', { value: '8090', variable: 'PORT' }],
    ['${app.port:8090}', { value: '8090', variable: undefined }],
    ['${PORT}', undefined],
    ['a${B:c}', undefined],
  ])('placeholder %s', (text, expected) => {
    expect(placeholder(text)).toEqual(expected);
  });
});

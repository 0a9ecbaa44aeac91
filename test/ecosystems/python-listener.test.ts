import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

/** What the added check asks, of a program that starts with these words. */
function probe(start: string, main: string, environment = ''): string | undefined {
  const text = `FROM python:3.12-slim\nWORKDIR /srv/gate\n${environment}COPY . .\nCMD ${start}\n`;
  const { after } = migrate(text, memoryProject({ Dockerfile: text, 'main.py': main }));
  return /HEALTHCHECK.*\n\s*CMD (.*)/.exec(after)?.[1];
}

describe('port of gunicorn without an address', () => {
  const start = '["gunicorn", "--workers", "2", "main:app"]';
  const main = 'from flask import Flask\napp = Flask(__name__)\n';

  it('is the one of the environment, else 8000', () => {
    expect(probe(start, main)).toContain("int(os.environ.get('PORT') or 8000)");
  });

  it('is the one that the file puts into the environment', () => {
    expect(probe(start, main, 'ENV PORT=7300\n')).toContain("int(os.environ.get('PORT') or 7300)");
  });

  it('is not the one of the environment where an address is given', () => {
    expect(probe('["gunicorn", "-b", ":7300", "main:app"]', main)).toContain("('127.0.0.1', 7300)");
  });
});

describe('port of a server that the sources start', () => {
  it.each([
    ['from aiohttp import web\nweb.run_app(web.Application())', "('127.0.0.1', 8080)"],
    ['from aiohttp.web import Application, run_app\nrun_app(Application())', "('127.0.0.1', 8080)"],
    ['from aiohttp.web import (\n    Application,\n    run_app,\n)\nrun_app(Application(), port=7310)', ', 7310)'],
    ['import aiohttp\ndef run_app(one):\n    return one\nrun_app(1)', undefined],
    [
      'import os\nfrom flask import Flask\napp = Flask(__name__)\nport = int(os.getenv("PORT", 7320))\napp.run(host="0.0.0.0", port=port)',
      "int(os.environ.get('PORT') or 7320)",
    ],
    [
      'import os\nimport uvicorn\nport = int(os.getenv("PORT", 7330))\nuvicorn.run(\n    "main:app",\n    port=port,\n)',
      "int(os.environ.get('PORT') or 7330)",
    ],
  ])('%j', (main, asked) => {
    const found = probe('["python", "main.py"]', main);
    if (asked === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(asked);
  });
});

describe('port that another module sets', () => {
  const main =
    'import uvicorn\nimport config\nport = config.PORT\nserver = uvicorn.Server(uvicorn.Config("main:app", port=port))\n';
  const asked = (config: string) => {
    const text = 'FROM python:3.12-slim\nWORKDIR /srv/gate\nCOPY . .\nCMD ["python", "main.py"]\n';
    const { after } = migrate(text, memoryProject({ Dockerfile: text, 'main.py': main, 'config.py': config }));
    return /HEALTHCHECK.*\n\s*CMD (.*)/.exec(after)?.[1];
  };

  it('is followed into that module', () => {
    expect(asked('import os\nPORT = int(os.getenv("GATE_PORT", "7340"))\n')).toContain(
      "int(os.environ.get('GATE_PORT') or 7340)",
    );
  });

  it('is not known when the module sets it twice', () => {
    expect(asked('PORT = 7350\nPORT = 7360\n')).toBeUndefined();
  });
});

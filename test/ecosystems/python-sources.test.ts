import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executions } from '../../src/ecosystems/python/executes.ts';
import { reached } from '../../src/ecosystems/python/modules.ts';
import { doubtfulRoute, healthRoute } from '../../src/ecosystems/python/routes.ts';
import { servingImport } from '../../src/ecosystems/python/serving.ts';
import { streamlitHealth } from '../../src/ecosystems/python/streamlit.ts';
import { writtenPaths } from '../../src/ecosystems/python/writes.ts';
import { migrate } from '../../src/migrate.ts';
import { memoryProject } from '../../src/project/memory.ts';

const source = (text: string, path = 'app.py') => ({ path, text });

describe('variables of the image', () => {
  const text = 'open(os.path.join(os.environ.get("KEEP", "kept"), name), "w")';
  it.each([
    [{}, 'kept'],
    [{ KEEP: '/data' }, '/data'],
    [{ KEEP: '$BASE/data' }, undefined],
    [{ KEEP: undefined }, undefined],
  ])('%j decides over the default', (environment, path) => {
    const [found] = writtenPaths([source(text)], environment);
    expect(found?.kind === 'path' ? found.path : undefined).toBe(path);
  });
});

describe('health route of Streamlit', () => {
  it.each([
    [undefined, [], '', '/_stcore/health'],
    ['1.36.0', ['--server.port=80'], 'baseUrlPath = ""', '/_stcore/health'],
    ['1.0.0', [], '', undefined],
    ['0.89.0', [], '', undefined],
    ['1.36.0', ['--server.baseUrlPath=dash'], '', undefined],
    ['1.36.0', ['STREAMLIT_SERVER_BASE_URL_PATH'], '', undefined],
    ['1.36.0', [], '[server]\nbaseUrlPath = "dash"\n', undefined],
    ['1.36.0', [], '[server]\nsslCertFile = "/run/tls/cert.pem"\n', undefined],
  ])('%s %j %j', (version, options, settings, path) => {
    expect(streamlitHealth(version, options, settings)?.path).toBe(path);
  });
});

describe('written paths', () => {
  const written = (text: string) =>
    writtenPaths([source(text)]).map((one) =>
      one.kind === 'path' ? `${one.directory ? 'in ' : ''}${one.path}` : one.kind,
    );

  it.each([
    ['open("out/report.csv", "w")', ['out/report.csv']],
    ['open("in.csv")', []],
    ['open("in.csv", "rb")', []],
    ['open("/tmp/x", "w")', []],
    ['os.makedirs("uploads", exist_ok=True)', ['in uploads']],
    ['LOGS = "logs"\nopen(os.path.join(LOGS, name), "a")', ['in logs']],
    ['open(os.path.join(BASE_DIR, "x.txt"), "w")', ['application']],
    ['open(BASE_DIR / "x.txt", "w")', ['application']],
    ['open(name, "w")', ['unknown']],
    ['sqlite3.connect("shop.db")', ['shop.db']],
    ['sqlite3.connect(":memory:")', []],
    ['URL = "sqlite:///shop.db"', ['in .']],
    ['URL = "sqlite:////var/shop/shop.db"', ['/var/shop/shop.db']],
    ['"NAME": "x"', []],
    ['form.save()', []],
    ['form.save(commit=False)', []],
    ['photo.save(os.path.join(app.config["UPLOAD_FOLDER"], name))', ['unknown']],
    ['frame.to_csv(index=False)', []],
    ['# open("x", "w")', []],
    ['open(os.environ.get("OUT", "out.txt"), "w")', ['out.txt']],
    ['handlers = {"filename": "logs/app.log"}', ['logs/app.log']],
    ['dictConfig({"handlers": {"f": {"filename": "logs/app.log"}}})', ['logs/app.log']],
    ['files.find_one({"filename": name})', []],
    ['return jsonify({"size": 3, "filename": name})', []],
    ['open("/data/" + name, "wb")', ['in /data/']],
    ['KEPT = "./kept/"\nimwrite(KEPT + "face_" + str(k) + ".jpg", image)', ['in ./kept/']],
    ['OUT = "/data/out"\nopen(OUT + "/" + name, "w")', ['in /data/out']],
    ['OUT = "/data/out"\nopen(OUT + "_" + name, "w")', ['in /data/']],
    ['open("kept_" + name, "w")', ['unknown']],
    ['open("/data/../etc/" + name, "w")', ['unknown']],
    ['open("out/%s.txt" % name, "w")', ['in out/']],
    ['open("/tmp/" + name, "w")', []],
    ['def keep(path, mode="w"):\n    open(path, "w")\n\nkeep("out/a.txt")\nkeep(path="out/a.txt")', ['out/a.txt']],
    ['def keep(path):\n    open(path, "w")\n\nkeep("a.txt")\nkeep("b.txt")', ['unknown']],
    ['def keep(path):\n    open(path, "w")\n\nkeep(*given)', ['unknown']],
    ['def keep(path="kept/a.txt"):\n    open(path, "w")\n\nkeep()', ['kept/a.txt']],
    ['def keep(path):\n    open(path, "w")', ['unknown']],
    ['@app.get("/x")\ndef keep(path):\n    open(path, "w")\n\nkeep("a.txt")', ['unknown']],
    ['path = "a.txt"\n\ndef keep(path):\n    open(path, "w")\n\nkeep(asked)', ['unknown']],
    ['aiosqlite.connect("shop.db")', ['shop.db']],
    ['from sqlite3 import connect\nconnect("shop.db")', ['shop.db']],
    ['from loguru import logger\nlogger.add("logs/shop.log", rotation="1 day")', ['logs/shop.log']],
    ['from loguru import logger\nlogger.add(sys.stderr)', []],
    ['logger.add("logs/shop.log")', []],
    ['TelegramClient("seller", api_id, api_hash)', ['seller']],
    ['TelegramClient(StringSession(text), api_id, api_hash)', []],
    ['from pyrogram import Client\nClient("seller", in_memory=True)', []],
    ['np.save("out/weights.npy", weights)', ['out/weights.npy']],
    ['torch.save(model.state_dict(), "out/model.pt")', ['out/model.pt']],
    ['kept.open("a")', ['unknown']],
    ['OUT = "out"\n(OUT / "a.txt").open("w")', ['in out']],
    ['OUT = Path("out")\n(OUT / name).mkdir()', ['in out']],
    ['archive.open("a.txt")', []],
    ['with ZipFile("out/all.zip", "w") as all: ...', ['out/all.zip']],
    ['wget.download(address)', ['unknown']],
    ['KEPT = "/data"\nURL = f"sqlite:///{KEPT}/shop.db"', ['in /data']],
    ['KEPT = "/data/shop.db"\nURL = f"sqlite:///{KEPT}"', ['/data/shop.db']],
    ['URL = f"sqlite:///{asked}"', ['unknown']],
    ['URL = "sqlite:///" + os.path.join(BASE_DIR, "shop.db")', ['application']],
    ['URL = "sqlite://shop.db"', ['shop.db']],
    ['KEPT = "kept"\nopen(f"{KEPT}/{name}.txt", "w")', ['in kept']],
    ['workers = 2\naccesslog = "logs/access.log"\nerrorlog = "-"', ['logs/access.log']],
    ['with tempfile.NamedTemporaryFile(suffix=".csv") as sheet:\n    open(sheet.name, "w")', []],
    ['with TemporaryDirectory() as room:\n    open(os.path.join(room, "a.txt"), "w")', []],
    ['sheet = NamedTemporaryFile(delete=False)\nopen(sheet.name, "w")', []],
    ['sheet = NamedTemporaryFile(dir=kept)\nopen(sheet.name, "w")', ['unknown']],
    ['sheet = NamedTemporaryFile()\nsheet = asked\nopen(sheet.name, "w")', ['unknown']],
    ['for root, _, files in os.walk("cache"):\n    os.remove(os.path.join(root, "x"))', ['in cache']],
  ])('%s', (text, expected) => {
    expect(written(text)).toEqual(expected);
  });

  it('are looked for in any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => void writtenPaths([source(text)])),
      { numRuns: 100 },
    );
  });
});

describe('executed programs', () => {
  const read = (text: string) => {
    const { programs, open } = executions([source(`import subprocess\nimport os\n${text}`)]);
    return [...programs.map(({ name }) => name), ...(open === undefined ? [] : ['?'])];
  };

  it.each([
    ['subprocess.run(["git", "log"])', ['git']],
    ['subprocess.check_output("ffmpeg -i x | grep y", shell=True)', ['ffmpeg', 'grep']],
    ['os.system(f"/usr/bin/convert {name}")', ['convert']],
    ['cmd = ["pandoc", "-o", out]\nsubprocess.run(cmd)', ['pandoc']],
    ['subprocess.run([sys.executable, "x.py"])', []],
    ['subprocess.run(cmd)', ['?']],
    ['app.run(debug=True)', []],
    ['from subprocess import run\nrun(["dot", "-Tsvg"])', ['dot']],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

describe('sources that run', () => {
  const tree = [
    source('from shop.views import index\nimport requests\n', 'shop/main.py'),
    source('from . import models\n', 'shop/views.py'),
    source('', 'shop/models.py'),
    source('open(x, "w")\n', 'scripts/load.py'),
    source('', 'tests/test_main.py'),
  ];
  const paths = (entries: readonly string[]) => reached(tree, entries, ['']).map(({ path }) => path);

  it('are reached by import', () => {
    expect(paths(['shop.main'])).toEqual(['shop/main.py', 'shop/views.py', 'shop/models.py']);
  });

  it('are all of them, tests aside, when the entry is not there', () => {
    expect(paths(['elsewhere'])).toEqual(['shop/main.py', 'shop/views.py', 'shop/models.py', 'scripts/load.py']);
  });
});

describe('modules that a program loads by name', () => {
  const tree = (text: string) => [
    source(text, 'bot.py'),
    source('open("seen.txt", "w")\n', 'cogs/seen.py'),
    source('', 'tests/test_bot.py'),
  ];
  const paths = (text: string) => reached(tree(text), ['bot.py'], ['']).map(({ path }) => path);

  it.each([
    ['extensions of a chat bot', 'bot.load_extensions("cogs")'],
    ['an extension with a computed name', 'await bot.load_extension(f"cogs.{name}")'],
    ['plugins', 'Client("bot", plugins=dict(root="cogs"))'],
    ['imports with a computed name', 'from importlib import import_module\nimport_module("cogs." + name)'],
    ['a script that is started', 'subprocess.Popen([sys.executable, "cogs/seen.py"])'],
  ])('%s run', (_, text) => {
    expect(paths(text)).toEqual(['bot.py', 'cogs/seen.py']);
  });

  it('do not run without that', () => {
    expect(paths('bot.run()')).toEqual(['bot.py']);
  });
});

describe('imports of a server', () => {
  it.each([
    ['import aiohttp\nasync with aiohttp.ClientSession() as session: ...', undefined],
    ['from aiohttp import ClientSession, web\nweb.run_app(app)', 1],
    ['import aiohttp\nfrom aiohttp.web import run_app', 2],
    ['import websockets\nasync with websockets.connect(address) as socket: ...', undefined],
    ['import websockets\nwebsockets.serve(answer, "", 8001)', 1],
    ['import grpc\nchannel = grpc.insecure_channel(address)', undefined],
    ['import grpc\nserver = grpc.server(pool)', 1],
    ['from flask import Flask', 1],
  ])('%j', (text, line) => {
    expect(servingImport([source(text)])?.line).toBe(line);
  });
});

describe('health routes', () => {
  const flask = 'from flask import Flask\napp = Flask(__name__)\n';

  it('are routes of an application object', () => {
    const found = healthRoute([source(`${flask}\n@app.route("/healthz")\ndef healthz():\n    return "ok"\n`)]);
    expect(found).toEqual({ path: '/healthz', evidence: { file: 'app.py', line: 4, says: '@app.route("/healthz")' } });
  });

  it.each([
    ['a POST route', `${flask}\n@app.route("/health", methods=["POST"])\ndef h(): ...\n`],
    ['a guard', `${flask}\n@app.before_request\ndef guard(): ...\n\n@app.route("/health")\ndef h(): ...\n`],
    ['a blueprint', `${flask}\n@bp.route("/health")\ndef h(): ...\n`],
    ['an error answer', `${flask}\n@app.route("/health")\ndef h():\n    raise RuntimeError()\n`],
  ])('%s is none', (_, text) => {
    expect(healthRoute([source(text)])).toBeUndefined();
  });

  it.each([
    ['@router.get("/healthz")', '/healthz'],
    ['import x\nurlpatterns = [path("api/health/", views.health)]', '/api/health/'],
    ['app.router.add_get("/ping", pong)', '/ping'],
    ['@app.get("/")\ndef index(): ...', undefined],
    ['session.get("http://shop/health")', undefined],
  ])('are declared without a proof in %j', (text, path) => {
    expect(doubtfulRoute([source(text)])).toBe(path);
  });
});

describe('an environment that the host brings along', () => {
  it('says nothing about the program', () => {
    const text = [
      'FROM python:3.12',
      'WORKDIR /srv/gauges',
      'COPY . .',
      'RUN pip install flask',
      'CMD ["python", "gauges.py"]',
    ];
    const project = memoryProject({
      'gauges.py': 'print(1)\n',
      '.venv/Lib/site-packages/shebang.py': 'shebang = "#!/usr/bin/python3"\n',
    });
    const codes = migrate(text.join('\n'), project).steps.map(
      ({ outcome }) => 'reason' in outcome && outcome.reason.code,
    );
    expect(codes).not.toContain('python/programs-unknown');
  });
});

describe('what only looks like a write', () => {
  it.each([
    ['answer = {"label": label, "filename": upload.filename}', 0],
    ['if name == "filename": send(name)', 0],
    ['def download_file(one, other): ...', 0],
    ['LOGGING = {"handlers": {"kept": {"class": "logging.FileHandler", "filename": NAME}}}', 1],
    ['from .handlers import kept\nbatch.append({\n  "bytes": data,\n  "filename": f"slip_{one.id}.jpg",\n})', 0],
    ['handlers.append({\n  "class": "logging.FileHandler",\n  "filename": NAME,\n})', 1],
    ['fetch.download_file(one, other)', 1],
    ['bot.download_file(one, destination="last.jpg")', 1],
    ['kept = io.BytesIO()\nbot.download_file(one, destination=kept)\nkept = io.BytesIO()', 0],
  ])('%s', (text, count) => {
    expect(writtenPaths([source(text)])).toHaveLength(count);
  });
});

describe('scripts that a source starts', () => {
  it('count among those that run, also in the words of a shell line', () => {
    const main = source(
      'import subprocess\nsubprocess.run("python3 ebb.py & python3 jobs/flow.py", shell=True)',
      'main.py',
    );
    const all = [main, source('', 'ebb.py'), source('', 'jobs/flow.py'), source('', 'other.py')];
    expect(reached(all, ['main.py'], ['']).map(({ path }) => path)).toEqual(['main.py', 'ebb.py', 'jobs/flow.py']);
  });
});

describe('a requirement file that is not there', () => {
  it('leaves the libraries of the base open, whatever else is installed by name', () => {
    const text = `FROM python:3.12\nWORKDIR /srv/ebb\nCOPY . .\nRUN pip install -r absent.txt && pip install gunicorn\nCMD ["gunicorn", "ebb:app"]\n`;
    const { steps } = migrate(text, memoryProject({ Dockerfile: text, 'ebb.py': 'import flask\n' }));
    const slim = steps.find(({ transform }) => transform === 'slim-runtime');
    expect(JSON.stringify(slim)).toContain('manifest-missing');
  });
});

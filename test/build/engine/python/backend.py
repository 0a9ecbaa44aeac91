"""Build backend of the packages beside it: copies Python modules, compiles one C module, writes console scripts.

`package.json` of a package: `name`, `version` (put in when it is served), `requires`, `scripts` (name: "module:function"),
`include` (folders of headers), `link` (arguments of the linker). A C source is compiled to `<first module>/_native`.
"""
import base64
import glob
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import zipfile

FACTS = json.load(open('package.json', encoding='utf8'))
SAFE = FACTS['name'].replace('-', '_')


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    native = compiled()
    tag = f'cp{sys.version_info[0]}{sys.version_info[1]}'
    platform = sysconfig.get_platform().replace('-', '_').replace('.', '_')
    tags = f'{tag}-{tag}-{platform}' if native else 'py3-none-any'
    name = f"{SAFE}-{FACTS['version']}-{tags}.whl"
    info = f"{SAFE}-{FACTS['version']}.dist-info"
    rows = []
    with zipfile.ZipFile(os.path.join(wheel_directory, name), 'w') as wheel:
        def put(path, data):
            wheel.writestr(path, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()
            rows.append(f'{path},sha256={digest},{len(data)}')

        for path in sorted([*glob.glob('*/**/*.py', recursive=True), *native]):
            put(path, open(path, 'rb').read())
        put(f'{info}/METADATA', metadata().encode())
        put(f'{info}/WHEEL', f'Wheel-Version: 1.0\nGenerator: backend\nRoot-Is-Purelib: true\nTag: {tags}\n'.encode())
        scripts = ''.join(f'{script} = {target}\n' for script, target in FACTS.get('scripts', {}).items())
        put(f'{info}/entry_points.txt', f'[console_scripts]\n{scripts}'.encode())
        wheel.writestr(f'{info}/RECORD', '\n'.join([*rows, f'{info}/RECORD,,', '']))
    return name


def metadata():
    requires = ''.join(f'Requires-Dist: {one}\n' for one in FACTS.get('requires', []))
    return f"Metadata-Version: 2.1\nName: {FACTS['name']}\nVersion: {FACTS['version']}\n{requires}"


def compiled():
    sources = glob.glob('*.c')
    if not sources:
        return []
    module = sorted(glob.glob('*/__init__.py'))[0].split('/')[0]
    out = f"{module}/_native{sysconfig.get_config_var('EXT_SUFFIX')}"
    include = [sysconfig.get_path('include'), *FACTS.get('include', [])]
    subprocess.run(['gcc', '-shared', '-fPIC', *[f'-I{one}' for one in include], *sources, '-o', out, *FACTS.get('link', [])], check=True)
    return [out]
